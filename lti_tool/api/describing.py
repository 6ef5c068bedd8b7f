"""What OpenAPI says of each page, written beside the page; spectree gathers it."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import current_app, request
from pydantic import BaseModel, Field
from spectree import Response, SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData

from lti_tool.api.fields import Shown
from lti_tool.api.once import WritingHeaders
from lti_tool.api.strictly import StrictReading

T = TypeVar("T", bound=BaseModel)
L = TypeVar("L", bound="PageOf[Any]")
Page = TypeVar("Page", bound=Callable[..., Any])

SECURITY: dict[str, list[str]] = {"token": []}
_REFUSALS = {
    400: "Something in the request is missing or malformed; the message names the field.",
    401: "The token is missing, unknown, expired or revoked.",
    403: "The token may only read, or the organization does not use this.",
    404: "There is no such thing in this organization.",
    409: "It cannot be done as things stand: the Space has ended, the badge is held already, and the like.",
    410: "It was there for a while and is not any more.",
    413: "The body is too large.",
    415: "The body is not of a media type that is read here.",
    422: "Understood, and not possible: a picture that is none, a key of another request, something for later.",
    429: "Too many requests; wait as long as Retry-After says.",
    503: "The database did not answer in time. Nothing was lost; try again.",
}
_ALWAYS = (400, 401, 403, 429, 503)


class Refusal(Shown):
    """Why something was refused."""

    code: str = Field(description="for programs; stable")
    message: str = Field(description="for people")
    reference: str = Field(description="quote this to support")


class Refused(Shown):
    """The answer to whatever is refused."""

    error: Refusal


class PageOf(Shown, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(description="the address of the next part; null at the end")


tree = SpecTree(
    "flask",
    backend=StrictReading,
    mode="strict",
    title="Spaces for the LMS",
    version="1",
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda _parent, child: child,
    validation_error_status=400,
    validation_error_model=Refused,
    security_schemes=[
        SecurityScheme(
            name="token",
            data=SecuritySchemeData(
                type=SecureType.HTTP, scheme="bearer",
                description="An API token of one organization: lti-tool token create.",
            ),
        )
    ],
)  # fmt: skip


def reads(tag: str, answer: type[BaseModel] | None, *, refusals: Sequence[int] = ()) -> Callable[[Page], Page]:
    """A page that only reads. `answer` is None where it is no JSON."""
    return _described(tag, answer, 200, refusals, headers=None)


def writes(
    tag: str, answer: type[BaseModel] | None, *, status: int = 200, refusals: Sequence[int] = (404, 409),
    headers: type[WritingHeaders] = WritingHeaders,
) -> Callable[[Page], Page]:  # fmt: skip
    """A page that changes something, once for each Idempotency-Key."""
    return _described(tag, answer, status, (*refusals, 413, 415, 422), headers=headers)


def asks(tag: str, answer: type[BaseModel], *, refusals: Sequence[int] = ()) -> Callable[[Page], Page]:
    """A page that is asked with a body and changes nothing: a token that may only read may ask it too."""
    described = _described(tag, answer, 200, (*refusals, 413, 415, 422), headers=None)

    def mark(page: Page) -> Page:
        marked = described(page)
        marked.changes_nothing = True  # type: ignore[attr-defined]
        return marked

    return mark


def page_of(shape: type[L], lines: Sequence[Any], limit: int, shown: Callable[[Any], BaseModel]) -> L:
    """`lines` are read one longer than `limit`, to know whether there are more; `shown` makes a line's answer."""
    kept = lines[:limit]
    following = next_address(kept[-1].id) if len(lines) > limit else None
    return shape(items=[shown(line) for line in kept], next=following)


def next_address(after: str) -> str:
    """The same list, from behind `after`."""
    asked = {name: value for name, value in request.args.items() if name != "after"}
    root = current_app.extensions["settings"].public_url
    return f"{root}{request.path}?{urlencode({**asked, 'after': after})}"


def _described(
    tag: str, answer: type[BaseModel] | None, status: int, refusals: Sequence[int], headers: type[BaseModel] | None
) -> Callable[[Page], Page]:  # fmt: skip
    said: dict[str, Any] = {f"HTTP_{status}": answer}
    said |= {f"HTTP_{code}": (Refused, _REFUSALS[code]) for code in sorted({*_ALWAYS, *refusals})}
    described: Any = tree.validate(resp=Response(**said), tags=(tag,), security=SECURITY, headers=headers)

    def mark(page: Page) -> Page:
        marked: Page = described(page)
        return marked

    return mark
