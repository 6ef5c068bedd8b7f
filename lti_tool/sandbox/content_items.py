"""Content items of a deep linking response: which are well formed, and asked for (Deep Linking 2.0, section 3)."""

from collections.abc import Callable
from typing import Any, NoReturn

from lti_tool.sandbox.addresses import is_web_address
from lti_tool.sandbox.scores import BadScoreError, is_number, read_time

_TITLE, _TEXT, _URL, _CUSTOM, _ITEMS, _HTML = 255, 4_000, 2_000, 100, 50, 50_000
_SHARED = {"type", "title", "text", "icon", "thumbnail"}
_MEMBERS = {
    "link": _SHARED | {"url", "embed", "window", "iframe"},
    "ltiResourceLink": _SHARED | {"url", "window", "iframe", "custom", "lineItem", "available", "submission"},
    "file": _SHARED | {"url", "mediaType", "expiresAt"},
    "html": _SHARED | {"html"},
    "image": _SHARED | {"url", "width", "height"},
}
_DOCUMENT_TARGETS = ("embed", "iframe", "window")
_COLUMN = {"label", "scoreMaximum", "resourceId", "tag", "gradesReleased", "submissionReview"}


class BadItemError(Exception):
    """A response breaks a rule; the text says which."""


def refuse(message: str) -> NoReturn:
    """Break off with the rule that is broken."""
    raise BadItemError(message)


def read_items(items: object, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """The items, all well formed and of the kinds that the settings accept; BadItemError otherwise."""
    if not isinstance(items, list):
        refuse("content_items must be a list")
    if len(items) > _ITEMS:
        refuse(f"more than {_ITEMS} items")
    if len(items) > 1 and settings.get("accept_multiple") is not True:
        refuse("several items came, but accept_multiple was not true")
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            refuse(f"item {number} is not an object")
        try:
            _check_item(item, settings)
        except BadItemError as fault:
            refuse(f"item {number}: {fault}")
    return items


def _check_item(item: dict[str, Any], settings: dict[str, Any]) -> None:
    kind = item.get("type")
    if not isinstance(kind, str) or kind not in _MEMBERS:
        refuse("type is none of the specification")
    if kind not in settings.get("accept_types", []):
        refuse(f"{kind} is not among accept_types")
    for name in item:
        if name not in _MEMBERS[kind] and "://" not in name:
            refuse(f"{name} is not a member of {kind}")
    _text(item, "title", _TITLE)
    if "text" in item:
        _text(item, "text", _TEXT)
    if kind == "html":
        _text(item, "html", _HTML)
    else:
        _address(item, "url")
    for name, check in _CHECKS.items():
        if name in item:
            check(item[name], name)
    _check_targets(item, settings)
    if "lineItem" in item and settings.get("accept_lineitem") is not True:
        refuse("lineItem came, but accept_lineitem was not true")


def _check_targets(item: dict[str, Any], settings: dict[str, Any]) -> None:
    accepted = settings.get("accept_presentation_document_targets", [])
    for target in _DOCUMENT_TARGETS:
        if target in item and target not in accepted:
            refuse(f"{target} is not among accept_presentation_document_targets")


def _text(holder: dict[str, Any], name: str, most: int) -> str:
    value = holder.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > most:
        refuse(f"{name} must be text of 1 to {most} characters")
    return value


def _address(holder: dict[str, Any], name: str) -> None:
    if not is_web_address(_text(holder, name, _URL)):
        refuse(f"{name} must be a whole address")


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        refuse(f"{name} must be an object")
    return value


def _check_picture(value: object, name: str) -> None:
    picture = _object(value, name)
    _address(picture, "url")
    _check_size(picture, name)


def _check_size(value: object, name: str) -> None:
    for side in ("width", "height"):
        length = _object(value, name).get(side, 1)
        if not isinstance(length, int) or isinstance(length, bool) or length < 1:
            refuse(f"{name}.{side} must be a whole number of pixels")


def _check_embedded(value: object, name: str) -> None:
    embedded = _object(value, name)
    _check_size(embedded, name)
    for member in ("targetName", "windowFeatures", "src"):
        if member in embedded:
            _text(embedded, member, _URL)


def _check_custom(value: object, name: str) -> None:
    custom = _object(value, name)
    if len(custom) > _CUSTOM or not all(isinstance(one, str) and len(one) <= _TEXT for one in custom.values()):
        refuse(f"{name} must hold texts, not too many and not too long")


def _check_column(value: object, name: str) -> None:
    column = _object(value, name)
    for member in column:
        if member not in _COLUMN and "://" not in member:
            refuse(f"{member} is not a member of a line item")
    maximum = column.get("scoreMaximum")
    if not is_number(maximum) or maximum <= 0:
        refuse(f"{name}.scoreMaximum must be a number above nought")
    for member in ("label", "resourceId", "tag"):
        if member in column:
            _text(column, member, _TITLE)
    if not isinstance(column.get("gradesReleased", True), bool):
        refuse(f"{name}.gradesReleased must be true or false")
    _object(column.get("submissionReview", {}), f"{name}.submissionReview")


def _check_period(value: object, name: str) -> None:
    period = _object(value, name)
    ends = [end for end in ("startDateTime", "endDateTime") if end in period]
    try:
        times = {end: read_time(f"{name}.{end}", period[end]) for end in ends}
    except BadScoreError as fault:
        refuse(str(fault))
    if len(times) == 2 and times["endDateTime"] < times["startDateTime"]:
        refuse(f"{name} ends before it starts")


_CHECKS: dict[str, Callable[[object, str], object]] = {
    "icon": _check_picture,
    "thumbnail": _check_picture,
    "window": _check_embedded,
    "iframe": _check_embedded,
    "embed": _object,
    "custom": _check_custom,
    "lineItem": _check_column,
    "available": _check_period,
    "submission": _check_period,
}
