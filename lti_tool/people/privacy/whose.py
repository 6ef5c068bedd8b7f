"""One person of the guest book, as the privacy desk knows them, and which addresses are theirs alone (decision 6)."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Organization, Person
from lti_tool.people.names import code_of
from lti_tool.people.privacy.keeping import Kept, Whose, keepers


@dataclass(frozen=True)
class PersonFacts:
    """Who it is. Of somebody who was erased, only when."""

    id: str
    name: str | None
    email: str | None
    organization: str
    school: str
    since: datetime
    erased_at: datetime | None

    @property
    def code(self) -> str:
        """What is typed to erase them: short, and everybody has one."""
        return code_of(self.id)


def person_facts(person_id: str) -> PersonFacts:
    """Raises `Problem` not_found."""
    row = db.session.execute(
        select(
            Person.id, Person.name, Person.email, Organization.id, Organization.name, Person.created_at,
            Person.erased_at,
        )
        .join(Organization, Organization.id == Person.organization_id)
        .where(Person.id == person_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise Problem("not_found", _("There is no such person."))
    return PersonFacts(*row)


def whose(person_id: str) -> Whose:
    """The person with their addresses. Raises `Problem` not_found."""
    rows = db.session.execute(
        select(Person.organization_id, Person.email, ProvenAddress.address)
        .outerjoin(ProvenAddress, ProvenAddress.person_id == Person.id)
        .where(Person.id == person_id)
    ).all()
    if not rows:
        raise Problem("not_found", _("There is no such person."))
    organization, said = rows[0][:2]
    proven = {address for *_, address in rows if address}
    shared = _shared(person_id, organization, proven | ({said} if said else set()))
    asserted = {said} - proven - shared if said else set()
    return Whose(person_id, organization, frozenset(proven - shared), frozenset(asserted), frozenset(shared))


def kept_of(person: Whose) -> list[Kept]:
    """All that is kept, kind by kind; the guest book's own first."""
    return [line for keeper in reversed(keepers()) for line in keeper.tell(person)]


def _shared(person_id: str, organization: str, addresses: set[str]) -> set[str]:
    """Those that somebody else has proved, or that are asserted for somebody else of the organization."""
    if not addresses:
        return set()
    proved = select(ProvenAddress.address).where(
        ProvenAddress.address.in_(addresses), ProvenAddress.person_id != person_id
    )
    said = select(Person.email).where(
        Person.email.in_(addresses), Person.id != person_id, Person.disabled_at.is_(None),
        Person.organization_id == organization,
    )  # fmt: skip
    return {str(one) for one in [*db.session.scalars(proved), *db.session.scalars(said)]}
