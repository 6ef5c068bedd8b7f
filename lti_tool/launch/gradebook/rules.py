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
_ROUNDED = 0.005
_MOST = 1e15  # beyond it nobody grades, and a database column has its limits


class Shows(StrEnum):
    """What staff may have the gradebook of a course show."""

    COMPLETED = "completed"  # one column: how many objectives of all
    POINTS = "points"  # the same column: how many points of all
    OBJECTIVES = "objectives"  # a column for each objective, with its points
    NOTHING = "nothing"  # nothing more is written; what is there stays


_ENDINGS = {Shows.POINTS: ": points"}
_ENDING = ": objectives completed"


class Drift(StrEnum):
    """How what the LMS shows differs from what it took."""

    CAPPED = "capped"  # more than the whole is shown as the whole
    RESCALED = "rescaled"  # the column counts to another maximum
    CHANGED = "changed"  # somebody has changed the grade there
    MISSING = "missing"  # there is no grade


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


def label_of(space_name: str, shows: str = Shows.COMPLETED) -> str:
    """The name of the Space's own column."""
    ending = _ENDINGS.get(Shows(shows), _ENDING)
    return space_name[: LABEL_LENGTH - len(ending)] + ending


def objective_label(title: str) -> str:
    """The name of the column of one objective."""
    return title[:LABEL_LENGTH]


def worth(points: int) -> int:
    """What an objective's own column counts to: its points, and one where it has none, for a column needs some."""
    return max(points, 1)


def next_moment(last: datetime | None, now: datetime) -> datetime:
    """The timestamp of a score that follows the one of `last`: later by a whole second at least, in milliseconds."""
    moment = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return moment if last is None else max(moment, last + _STEP)


def latest_moment(now: datetime, skew: int) -> datetime:
    """The latest timestamp that may be sent: a minute ahead of our clock, and of the platform's where that is behind by
    so many seconds (a `skew` below nought).
    """
    return now + FARTHEST_AHEAD + timedelta(seconds=min(skew, 0))


@dataclass(frozen=True)
class Standing:
    """How far somebody is, for the LMS: so many of so many `counted` things, since when.

    `began_at` and `handed_in_at` are those of the evidence that was accepted last, where there was some.
    """

    given: int
    maximum: int
    moved_at: datetime
    counted: str = "objectives completed"
    began_at: datetime | None = None
    handed_in_at: datetime | None = None

    @property
    def part(self) -> float:
        """The part of the whole; more than one where points of an archived objective count."""
        return self.given / self.maximum


def score_document(
    user: str, standing: Standing, *, comment: bool, times: bool, also: Mapping[str, object]
) -> dict[str, Any]:  # fmt: skip
    """A score in the words of section 3.4.1. It is always final: another state would erase a grade in some LMSs.

    `comment` and `times` say whether the platform takes a comment, and `submission` (section 3.4.10).
    """
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
    if times and standing.handed_in_at:
        began = min(standing.began_at or standing.handed_in_at, standing.handed_in_at)
        said["submission"] = {"startedAt": _iso(began), "submittedAt": _iso(standing.handed_in_at)}
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


@dataclass(frozen=True)
class Result:
    """What the LMS shows for somebody, on its own scale (section 3.3)."""

    score: float
    maximum: float

    @property
    def part(self) -> float:
        return self.score / self.maximum


def results_in(results: Iterable[object]) -> dict[str, Result | None]:
    """What is shown for whom; None for no grade. Of several for one person the last counts."""
    found: dict[str, Result | None] = {}
    for one in results:
        if isinstance(one, dict) and isinstance(one.get("userId"), str):
            found[one["userId"]] = _result(one.get("resultScore"), one.get("resultMaximum", 1))
    return found


def shows(part: float, wanted: float | None) -> bool:
    """Is `part` what we wanted shown, but for rounding, and for LMSs that show no more than the whole?"""
    if wanted is None:
        return False
    return abs(part - wanted) < _ROUNDED or (wanted > 1 and abs(part - 1) < _ROUNDED)


def drift_of(result: Result | None, given: int, maximum: int) -> Drift | None:
    """How a grade that was taken as `given` of `maximum` is shown otherwise; None where it is not."""
    if result is None:
        return Drift.MISSING
    wanted = given / maximum
    if abs(result.part - wanted) < _ROUNDED:
        return None if result.maximum == maximum else Drift.RESCALED
    if shows(result.part, wanted):
        return Drift.CAPPED
    return Drift.RESCALED if result.score == given and result.maximum != maximum else Drift.CHANGED


def _result(score: object, maximum: object) -> Result | None:
    if not (_is_number(score) and _is_number(maximum)) or not maximum:
        return None
    return Result(float(score), float(maximum))  # type: ignore[arg-type]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST


def _iso(moment: datetime) -> str:
    """UTC, with a fraction and `Z` (section 3.4.5)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
