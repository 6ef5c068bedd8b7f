"""A badge of somebody else as a step: known by the public address of an award of it, which is checked first."""

from dataclasses import dataclass

from flask_babel import gettext as _

from lti_tool.badges.backpack.importing import facts_found
from lti_tool.badges.model import Award
from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.given import NotUnderstood, given_text
from lti_tool.badges.verifying.verdict import Outcome, Verdict
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.words import said

ADDRESS_LENGTH = 2000


@dataclass(frozen=True)
class FoundBadge:
    """Named as the backpack names it, with the name that it has now."""

    badge: str
    issuer: str
    name: str


def badge_behind(address: str) -> str | FoundBadge:
    """Which badge the award at this address is of: the id of our class, or a badge of somebody else.

    It asks outside, so it comes before any transaction. Raises `Problem` pathway_refused with the reasons, and what
    `check_badge` raises.
    """
    try:
        given = given_text(address.strip()[:ADDRESS_LENGTH])
    except NotUnderstood as wrong:
        raise Problem("pathway_refused", said(str(wrong))) from None
    verdict = check_badge(given)
    reasons = _reasons(verdict)
    if verdict.award is None or reasons:
        raise Problem("pathway_refused", " ".join(reasons[:3]) or _("No award could be read at this address."))
    own = db.session.get(Award, verdict.award.own) if verdict.award.own else None
    if own is not None:
        return own.badge_id
    facts = facts_found(verdict.award)
    return FoundBadge(facts["badge_ref"], facts["issuer_ref"], facts["badge_name"])


def _reasons(verdict: Verdict) -> list[str]:
    """Why the award cannot name a badge; one that has run out still does."""
    failed = [check for check in verdict.checks if check.outcome is Outcome.FAILED and check.name != "dates"]
    return [check.said for check in failed]
