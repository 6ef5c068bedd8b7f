"""What a platform granted, and what the lack of it switches off, in an administrator's words. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_tool.words import to_say

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
        Grant(to_say("Course list"), ROSTER in scopes,
              to_say("Learners appear only when they first open the tool, and nobody is marked as gone.")),
        Grant(to_say("Columns in the gradebook"), columns,
              to_say("The tool cannot make its column. It can still use one that a teacher made with the link.")
              if scores else to_say("The LMS's gradebook shows nothing of the Space.")),
        Grant(to_say("Scores in the gradebook"), scores,
              to_say("Points stay in the Space: no score reaches the LMS.")),
    ]  # fmt: skip


def clock_words(skew: int | None) -> tuple[str, bool]:
    """How the LMS's clock stands to ours, in the reader's language, and whether that is well."""
    if skew is None:
        return _("Not measured yet: a launch tells."), True
    if abs(skew) <= _LATE:
        return _("It agrees with ours."), True
    much = _time_words(abs(skew))
    if abs(skew) <= _LENIENT:
        return _tolerated(much, is_ahead=skew > 0), True
    return _too_far(much, is_ahead=skew > 0), False


def _tolerated(much: str, *, is_ahead: bool) -> str:
    if is_ahead:
        return str(_("It is %(time)s ahead of ours, which is tolerated.", time=much))
    return str(_("It is %(time)s behind ours, which is tolerated.", time=much))


def _too_far(much: str, *, is_ahead: bool) -> str:
    if is_ahead:
        return str(_("It is %(time)s ahead of ours. More than a minute makes launches fail: "
                     "set the clock of the LMS's server.", time=much))  # fmt: skip
    return str(_("It is %(time)s behind ours. More than a minute makes launches fail: "
                 "set the clock of the LMS's server.", time=much))  # fmt: skip


def _time_words(seconds: int) -> str:
    if seconds < 120:
        return str(ngettext("%(num)s second", "%(num)s seconds", seconds))
    minutes = round(seconds / 60)
    if minutes < 120:
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))
    hours = round(minutes / 60)
    return str(ngettext("%(num)s hour", "%(num)s hours", hours))
