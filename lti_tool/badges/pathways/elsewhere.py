"""A badge of somebody else as a step: known by the public address of an award of it, which is checked first."""

from dataclasses import dataclass

from lti_tool.badges.backpack.importing import facts_found
from lti_tool.badges.badge_of_award import badge_of_award
from lti_tool.badges.verifying.given import NotUnderstood, given_text
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

    Raises `Problem` pathway_refused with the reasons, and what `badge_of_award` raises.
    """
    try:
        given = given_text(address.strip()[:ADDRESS_LENGTH])
    except NotUnderstood as wrong:
        raise Problem("pathway_refused", said(str(wrong))) from None
    found = badge_of_award(given, refusal="pathway_refused")
    if isinstance(found, str):
        return found
    facts = facts_found(found)
    return FoundBadge(facts["badge_ref"], facts["issuer_ref"], facts["badge_name"])
