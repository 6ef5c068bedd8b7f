"""What a score says, when it says so, and over which way it goes. Pure. (AGS 2.0, sections 3.1 to 3.4.)"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
MAKE = _AGS + "lineitem"
FIND = _AGS + "lineitem.readonly"
RESULTS = _AGS + "result.readonly"
SCORES = _AGS + "score"

TAG = "spaces:progress:v1"
LABEL_LENGTH = 200
FARTHEST_AHEAD = timedelta(seconds=60)  # a timestamp beyond that would block every later score, or be refused
_STEP = timedelta(seconds=1)  # Moodle compares whole seconds
_ENDING = ": objectives completed"
_ROUNDED = 0.005


class Way(StrEnum):
    """How the scores of a course travel."""

    OWN = "own"  # a column that we find or make
    FOUND = "found"  # a column that we made when we still might
    COUPLED = "coupled"  # the column of the link, because we may make none


def way_of(scopes: Iterable[str], *, line_items: str | None, line_item: str | None) -> Way | None:
    """What the platform lets us do in this course; None where it takes no scores."""
    granted = set(scopes)
    if SCORES not in granted:
        return None
    if line_items and MAKE in granted:
        return Way.OWN
    if line_item:
        return Way.COUPLED
    return Way.FOUND if line_items and FIND in granted else None


def label_of(space_name: str) -> str:
    return space_name[: LABEL_LENGTH - len(_ENDING)] + _ENDING


def worth(points: int) -> int:
    """What an objective's own column counts to: its points, and one where it has none, for a column needs some."""
    return max(points, 1)


def next_moment(last: datetime | None, now: datetime) -> datetime:
    """The timestamp of a score that follows the one of `last`: later by a whole second at least, in milliseconds."""
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return moment if last is None else max(moment, last + _STEP)


@dataclass(frozen=True)
class Standing:
    """How far somebody is, for the LMS: so many of so many `counted` things, since when."""

    given: int
    maximum: int
    moved_at: datetime
    counted: str = "objectives completed"


def score_document(
    user: str, standing: Standing, *, comment: bool, also: Mapping[str, object]
) -> dict[str, Any]:  # fmt: skip
    """A score in the words of section 3.4.1. It is always final: another state would erase a grade in some LMSs."""
    said: dict[str, Any] = {
        "userId": user,
        "scoreGiven": standing.given,
        "scoreMaximum": standing.maximum,
        "activityProgress": "Completed" if standing.given >= standing.maximum else "InProgress",
        "gradingProgress": "FullyGraded",
        "timestamp": _iso(standing.moved_at),
    }
    if comment:
        said["comment"] = f"{standing.given} of {standing.maximum} {standing.counted}"
    return {**said, **also}


def beneath(url: str, part: str) -> str:
    """`scores` or `results` of a line item: on its path, before its query (section 3.2.2)."""
    split = urlsplit(url)
    return urlunsplit((split.scheme, split.netloc, f"{split.path.rstrip('/')}/{part}", split.query, ""))


def asking(url: str, **words: str) -> str:
    """The address with more in its query; what it says already stays to the letter."""
    split = urlsplit(url)
    more = "&".join(f"{name}={quote(word, safe='')}" for name, word in words.items())
    query = f"{split.query}&{more}" if split.query else more
    return urlunsplit((split.scheme, split.netloc, split.path, query, ""))


def column_in(items: Iterable[object], resource_id: str, tag: str = TAG) -> dict[str, Any] | None:
    """Our column among line items, also where the platform has not filtered them. Of several the first one."""
    for one in items:
        if isinstance(one, dict) and one.get("resourceId") == resource_id and one.get("tag", tag) == tag:
            return one
    return None


def result_of(results: Iterable[object], user: str) -> float | None:
    """What the LMS shows for somebody, as a part of the whole; None for no grade. The last of several counts."""
    part = None
    for one in results:
        if isinstance(one, dict) and one.get("userId") == user:
            part = _part(one.get("resultScore"), one.get("resultMaximum", 1))
    return part


def shows(part: float, standing: Standing) -> bool:
    """Is `part` this standing, but for rounding?"""
    return abs(part - standing.given / standing.maximum) < _ROUNDED


def _part(score: object, maximum: object) -> float | None:
    if not (_is_number(score) and _is_number(maximum)) or not maximum:
        return None
    return float(score) / float(maximum)  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _iso(moment: datetime) -> str:
    """UTC, with a fraction and `Z` (section 3.4.5)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
