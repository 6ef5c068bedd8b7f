"""Finding a person: by a part of their name, a whole address of theirs, or the id by which their LMS knows them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Organization, Person
from lti_tool.people.names import clean_email, clean_text, code_of
from lti_tool.people.privacy.keeping import keepers

MOST_FOUND = 20
_LEAST_LETTERS = 2


@dataclass(frozen=True)
class Found:
    """Somebody who fits, with no more than tells one from the other: no address is shown."""

    id: str
    name: str | None
    school: str
    figures: Sequence[tuple[str, int]]

    @property
    def code(self) -> str:
        return code_of(self.id)


def people_found(said: str | None, organization: str | None) -> list[Found]:
    """Up to twenty-one who fit, one more than are shown, in one organization or in all."""
    term = clean_text(said) or ""
    if len(term) < _LEAST_LETTERS:
        return []
    query = select(Person.id, Person.name, Organization.name).join(
        Organization, Organization.id == Person.organization_id
    )
    query = query.where(_fits(term), Person.erased_at.is_(None))
    if organization:
        query = query.where(Person.organization_id == organization)
    rows = db.session.execute(query.order_by(Person.name, Person.id).limit(MOST_FOUND + 1)).all()
    figures = [(one.figure_name, one.figure([row[0] for row in rows])) for one in keepers() if one.figure]
    return [Found(*row, [(name, counted.get(row[0], 0)) for name, counted in figures]) for row in rows]


def _fits(term: str) -> ColumnElement[bool]:
    known = {person for one in keepers() if one.find for person in one.find(term)}
    fits = or_(Person.name.icontains(term, autoescape=True), Person.id.in_(known))
    if address := clean_email(term):
        proven = select(ProvenAddress.person_id).where(ProvenAddress.address == address)
        fits = or_(fits, Person.email == address, Person.id.in_(proven))
    return fits
