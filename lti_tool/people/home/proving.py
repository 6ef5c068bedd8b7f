"""Which addresses are whose: proven by a mailed link, or asserted by a platform for one person alone (decision 6). What
is asserted signs in and proves nothing (decision 37).
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select

from lti_tool.db import db
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds, note
from lti_tool.people.events import AddressesMoved
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Organization, Person
from lti_tool.people.visit import current_visit
from lti_tool.words import to_say

name_deeds(
    {
        "address.proven": to_say("Proved an address"),
        "address.removed": to_say("Removed a proven address"),
    }
)


@dataclass(frozen=True)
class Addressee:
    """Somebody whom an address leads to, and the school that knows them."""

    person: str
    name: str | None
    organization: str
    school: str


@dataclass(frozen=True)
class AddressLine:
    """One address of a person: `asserted` by their school, `proven_at` by a mailed link, or both."""

    address: str
    asserted: bool
    proven_at: datetime | None


def addressees_of(address: str) -> list[Addressee]:
    """Who may come in by a link that was mailed to `address`. A school that asserts it for two people names neither."""
    asserted = asserted_of(address)
    at_school = Counter(one.organization for one in asserted)
    found = {one.person: one for one in asserted if at_school[one.organization] == 1}
    found |= {one.person: one for one in provers_of(address)}
    return sorted(found.values(), key=lambda one: (one.school, one.name or "", one.person))


def provers_of(address: str) -> list[Addressee]:
    """Who has proved that it is theirs: what goes to the address alone goes to nobody else (decision 37)."""
    proven = _named().join(ProvenAddress, ProvenAddress.person_id == Person.id).where(ProvenAddress.address == address)
    return [Addressee(*row) for row in db.session.execute(proven.order_by(Person.name, Person.id))]


def asserted_of(address: str) -> list[Addressee]:
    """Whose a platform says that it is. Whoever writes an address into a profile there has that said of themselves."""
    return [Addressee(*row) for row in db.session.execute(_named().where(Person.email == address))]


def addressee(person_id: str | None) -> Addressee | None:
    """The person with their school; None for nobody, and for somebody who is disabled."""
    person = db.session.get(Person, person_id) if person_id else None
    if person is None or person.disabled_at is not None:
        return None
    return Addressee(person.id, person.name, person.organization_id, _school(person.organization_id))


def school_here() -> str:
    """The school of whoever is here."""
    return _school(current_visit().organization)


def address_lines(person_id: str) -> list[AddressLine]:
    """What the school asserted first, then what was proven, the oldest proof first."""
    proofs = select(ProvenAddress).where(ProvenAddress.person_id == person_id).order_by(ProvenAddress.proven_at)
    proven = {row.address: row.proven_at for row in db.session.scalars(proofs)}
    asserted = db.session.scalar(select(Person.email).where(Person.id == person_id))
    first = [AddressLine(asserted, True, proven.get(asserted))] if asserted else []
    return first + [AddressLine(one, False, at) for one, at in proven.items() if one != asserted]


def has_proved(person_id: str, address: str) -> bool:
    return db.session.get(ProvenAddress, (person_id, address)) is not None


def prove_address(person_id: str, address: str) -> bool:
    """From now on it is known to be theirs. Says whether that is new."""
    if has_proved(person_id, address):
        return False
    db.session.add(ProvenAddress(person_id=person_id, address=address))
    db.session.flush()
    note("address.proven", actor_kind="person", actor=person_id, subject=person_id)
    record(AddressesMoved((address,), (person_id,)))
    return True


def remove_address(person_id: str, address: str) -> bool:
    """The proof counts no more; another link proves it anew. Says whether there was one."""
    gone = delete(ProvenAddress).where(ProvenAddress.person_id == person_id, ProvenAddress.address == address)
    removed = db.session.execute(gone.returning(ProvenAddress.address)).first() is not None
    if removed:
        note("address.removed", actor_kind="person", actor=person_id, subject=person_id)
        record(AddressesMoved((address,), (person_id,)))
    return removed


def _named() -> Select[*tuple[Any, ...]]:
    """Everybody who is not disabled, with their school."""
    named = select(Person.id, Person.name, Organization.id, Organization.name)
    named = named.join(Organization, Organization.id == Person.organization_id)
    return named.where(Person.disabled_at.is_(None))


def _school(organization_id: str) -> str:
    return db.session.get_one(Organization, organization_id).name
