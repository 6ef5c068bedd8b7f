"""Who may look at an issuer and make badges for it: its staff, and whoever builds a Space of which it is the issuer."""

from collections.abc import Set

from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.issuers import IssuerFacts, issuer_facts
from lti_tool.badges.staffing.authority import (
    Power,
    may_with_badge,
    may_with_issuer,
    powers_with_badge,
    powers_with_issuer,
)
from lti_tool.badges.uses import issuer_here
from lti_tool.errors import Problem
from lti_tool.people.visit import current_visit


def ask_to_see_issuer(issuer_id: str) -> IssuerFacts:
    """Raises `Problem` not_found or issuer_not_allowed."""
    found = _issuer(issuer_id)
    if not (may_with_issuer(current_visit(), issuer_id, Power.SEE) or issuer_here() == issuer_id):
        raise Problem("issuer_not_allowed")
    return found


def ask_to_define(issuer_id: str) -> IssuerFacts:
    """The issuer, for whoever may make badges for it. Raises `Problem` not_found or issuer_not_allowed."""
    found = _issuer(issuer_id)
    if not may_define(issuer_id):
        raise Problem("issuer_not_allowed")
    return found


def may_define(issuer_id: str) -> bool:
    """May whoever is here make badges for this issuer?"""
    return may_with_issuer(current_visit(), issuer_id, Power.EDIT) or issuer_here() == issuer_id


def ask_to_see_badge(badge_id: str) -> BadgeFacts:
    """Raises `Problem` not_found or issuer_not_allowed."""
    visit, found = current_visit(), badge_facts(badge_id)
    if found is None or found.organization != visit.organization:
        raise Problem("not_found")
    if not (may_with_badge(visit, found, Power.SEE) or issuer_here() == found.issuer):
        raise Problem("issuer_not_allowed")
    return found


def powers_over_badge(badge: BadgeFacts) -> Set[Power]:
    """For a badge that whoever is here may see."""
    return powers_with_badge(current_visit(), badge) | {Power.SEE}


def powers_over_issuer(issuer_id: str) -> Set[Power]:
    """For an issuer that whoever is here may see."""
    return powers_with_issuer(current_visit(), issuer_id) | {Power.SEE}


def _issuer(issuer_id: str) -> IssuerFacts:
    found = issuer_facts(issuer_id)
    if found is None or found.organization != current_visit().organization:
        raise Problem("not_found")
    return found
