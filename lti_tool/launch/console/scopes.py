"""What a platform granted, and what the lack of it switches off, in an administrator's words. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
_AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
COLUMNS, SCORES = _AGS + "lineitem", _AGS + "score"
_LATE = 5  # seconds that nobody needs to hear of
_LENIENT = 60


@dataclass(frozen=True)
class Grant:
    """One thing that the LMS can let us do. `lack` says what does not work without it."""

    name: str
    granted: bool
    lack: str


def grants(scopes: Collection[str]) -> list[Grant]:
    """What these scopes come to."""
    columns, scores = COLUMNS in scopes, SCORES in scopes
    return [
        Grant("Course list", ROSTER in scopes,
              "Learners appear only when they first open the tool, and nobody is marked as gone."),
        Grant("Columns in the gradebook", columns,
              "The tool cannot make its column. It can still use one that a teacher made with the link."
              if scores else "The LMS's gradebook shows nothing of the Space."),
        Grant("Scores in the gradebook", scores, "Points stay in the Space: no score reaches the LMS."),
    ]  # fmt: skip


def clock_words(skew: int | None) -> tuple[str, bool]:
    """How the LMS's clock stands to ours, and whether that is well."""
    if skew is None:
        return "Not measured yet: a launch tells.", True
    if abs(skew) <= _LATE:
        return "It agrees with ours.", True
    way = "ahead of" if skew > 0 else "behind"
    much = _time_words(abs(skew))
    if abs(skew) <= _LENIENT:
        return f"It is {much} {way} ours, which is tolerated.", True
    return f"It is {much} {way} ours. More than a minute makes launches fail: set the clock of the LMS's server.", False


def _time_words(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} seconds"
    minutes = round(seconds / 60)
    return f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
