"""Which badge an award is of, wherever it comes from: an award is shown to name a badge that somebody looks for."""

from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.verdict import FoundAward, Outcome, Verdict
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.names import clean_text

_REASON, _MOST_REASONS = 500, 5


def badge_of_award(given: Given, *, refusal: str) -> str | FoundAward:
    """The id of our class, or else the award, which names a badge of somebody else.

    It asks outside, so it comes before any transaction. Raises `Problem` `refusal` with the checks that failed, and
    what `check_badge` raises.
    """
    award = _accepted(check_badge(given), refusal)
    own = db.session.get(Award, award.own) if award.own else None
    return own.badge_id if own is not None else award


def _accepted(verdict: Verdict, refusal: str) -> FoundAward:
    """An award that has run out still says which badge it is of."""
    failed = [check for check in verdict.checks if check.outcome is Outcome.FAILED]
    reasons = [check.said for check in failed if not (check.name == "dates" and _has_run_out(verdict.award))]
    if verdict.award is None or reasons:
        said = [line for line in (clean_text(reason, _REASON) for reason in reasons[:_MOST_REASONS]) if line]
        raise Problem(refusal, " ".join(said) or _("No award could be read in it."))
    return verdict.award


def _has_run_out(award: FoundAward | None) -> bool:
    if award is None or award.expires is None or award.issued_on is None:
        return False
    return award.issued_on <= award.expires < clock.now()
