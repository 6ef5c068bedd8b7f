"""What somebody may do with an issuer and with one of its badge classes (decision 7).

An awarder gives badges; an editor changes profile and classes, exports and replaces; an owner also says who works
here. Staff of a Space see the issuer of their badges, and may change a class that they made while only their own
Spaces use it.

Whoever is refused at an issuer of their own school reads that, and whom to ask: that there is such an issuer is no
secret, and a colleague may have sent the address. What is another school's is not found: nobody there could help, and
an address must not tell which ids are in use.
"""

from collections.abc import Set
from enum import StrEnum

from sqlalchemy import select

from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.issuers import IssuerFacts, issuer_facts
from lti_tool.badges.model import BadgeClass
from lti_tool.badges.staffing import problems as problems
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.badges.uses import uses_of
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.visit import Visit, current_visit


class Power(StrEnum):
    """What a page or deed asks for; each role holds its own and all before it."""

    SEE = "see"
    AWARD = "award"
    EDIT = "edit"
    OWN = "own"


_HELD = {
    "awarder": frozenset({Power.SEE, Power.AWARD}),
    "editor": frozenset({Power.SEE, Power.AWARD, Power.EDIT}),
    "owner": frozenset(Power),
}


def ask_issuer(issuer_id: str, power: Power) -> IssuerFacts:
    """The issuer, for whoever is here with this power. Raises `Problem` not_found or issuer_not_allowed."""
    visit, found = current_visit(), issuer_facts(issuer_id)
    if found is None or found.organization != visit.organization:
        raise Problem("not_found")
    if not may_with_issuer(visit, issuer_id, power):
        raise Problem("issuer_not_allowed")
    return found


def ask_badge(badge_id: str, power: Power) -> BadgeFacts:
    """The badge class, for whoever is here with this power over it. Raises `Problem` as `ask_issuer` does."""
    visit, found = current_visit(), badge_facts(badge_id)
    if found is None or found.organization != visit.organization:
        raise Problem("not_found")
    if not may_with_badge(visit, found, power):
        raise Problem("issuer_not_allowed")
    return found


def powers_with_issuer(visit: Visit, issuer_id: str) -> Set[Power]:
    """What the role of whoever is here opens; without one a teacher sees the issuer of a badge that they made."""
    role = role_in_issuer(issuer_id, visit.person)
    if role is not None:
        return _HELD[role]
    return {Power.SEE} if visit.is_teacher and _made_a_badge(issuer_id, visit.person) else set()


def powers_with_badge(visit: Visit, badge: BadgeFacts) -> Set[Power]:
    """What the role opens; without one a teacher sees their own badge, and edits it while only their Spaces use it."""
    role = role_in_issuer(badge.issuer, visit.person)
    if role is not None:
        return _HELD[role]
    if badge.created_by != visit.person or not visit.is_teacher:
        return set()
    return {Power.SEE, Power.EDIT} if all(use.own for use in uses_of(badge.id)) else {Power.SEE}


def may_with_issuer(visit: Visit, issuer_id: str, power: Power) -> bool:
    """Does whoever is here hold this power over the issuer?"""
    return power in powers_with_issuer(visit, issuer_id)


def may_with_badge(visit: Visit, badge: BadgeFacts, power: Power) -> bool:
    """Does whoever is here hold this power over the badge class?"""
    return power in powers_with_badge(visit, badge)


def role_in_issuer(issuer_id: str, person: str) -> str | None:
    """`owner`, `editor`, `awarder`, or None."""
    return db.session.scalar(
        select(IssuerStaff.role).where(IssuerStaff.issuer_id == issuer_id, IssuerStaff.person_id == person)
    )


def _made_a_badge(issuer_id: str, person: str) -> bool:
    made = select(BadgeClass.id).where(BadgeClass.issuer_id == issuer_id, BadgeClass.created_by == person)
    return db.session.scalar(made.limit(1)) is not None

