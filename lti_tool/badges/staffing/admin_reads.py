"""What the console's pages of issuers show: every issuer with its owners, and people to give a role to."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from lti_tool.badges.issuers import IssuerFacts, all_issuers
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Organization, Person
from lti_tool.people.names import clean_email, clean_text

_MOST_FOUND = 20
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class School:
    """An organization, its issuers, and for each of them what its owners are called."""

    id: str
    name: str
    issuers: tuple[IssuerFacts, ...]
    owners: dict[str, list[str]]


@dataclass(frozen=True)
class Found:
    """Somebody who may be given a role, and the one that they have."""

    person: str
    name: str | None
    email: str | None
    role: str | None


def schools_with_issuers() -> list[School]:
    """Every organization, by name; its issuers, the oldest first."""
    owners: dict[str, list[str]] = {}
    named = select(IssuerStaff.issuer_id, Person.name, Person.email).join(Person, Person.id == IssuerStaff.person_id)
    owned = named.where(IssuerStaff.role == "owner", Person.disabled_at.is_(None)).order_by(IssuerStaff.added_at)
    for issuer, name, email in db.session.execute(owned):
        owners.setdefault(issuer, []).append(name or email or "–")
    known = all_issuers()
    schools = db.session.scalars(select(Organization).order_by(func.lower(Organization.name), Organization.id))
    return [
        School(one.id, one.name, tuple(issuer for issuer in known if issuer.organization == one.id), owners)
        for one in schools
    ]


def people_found(issuer: IssuerFacts, said: str | None) -> list[Found]:
    """Up to twenty people of the issuer's school by a part of their name, or by their whole address."""
    term = clean_text(said) or ""
    if len(term) < _LEAST_LETTERS:
        return []
    role = IssuerStaff.role
    here = (IssuerStaff.person_id == Person.id) & (IssuerStaff.issuer_id == issuer.id)
    query = select(Person.id, Person.name, Person.email, role).outerjoin(IssuerStaff, here)
    fits = Person.name.icontains(term, autoescape=True)
    if address := clean_email(term):
        proven = select(ProvenAddress.person_id).where(ProvenAddress.address == address)
        fits = or_(Person.email == address, Person.id.in_(proven))
    query = query.where(Person.organization_id == issuer.organization, Person.disabled_at.is_(None), fits)
    return [Found(*row) for row in db.session.execute(query.order_by(Person.name, Person.id).limit(_MOST_FOUND))]
