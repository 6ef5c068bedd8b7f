"""Whose an address is within one organization, for many addresses at once (decision 6)."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Select, func, select

from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person

_AT_ONCE = 5_000


def owners_of(organization: str, addresses: Collection[str]) -> dict[str, str]:
    """{address: person}: the one who has proved it, or else the one for whom alone the platforms assert it."""
    found: dict[str, str] = {}
    for some in _chunks(addresses):
        here, whose = (Person.organization_id == organization, Person.disabled_at.is_(None)), ProvenAddress.address
        asserted = select(Person.email, func.min(Person.id), func.count()).where(*here, Person.email.in_(some))
        proven = select(whose, func.min(Person.id), func.count()).join(Person, Person.id == ProvenAddress.person_id)
        proved = _counted(proven.where(*here, whose.in_(some)).group_by(whose))
        said = _counted(asserted.group_by(Person.email))
        found |= {address: person for address, (person, count) in (said | proved).items() if count == 1}
    return found


def owner_of(organization: str, address: str) -> str | None:
    return owners_of(organization, [address]).get(address)


def _counted(query: Select[*tuple[Any, ...]]) -> dict[str, tuple[str, int]]:
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def _chunks(addresses: Collection[str]) -> Iterator[Sequence[str]]:
    rest = iter(sorted(set(addresses)))
    while some := list(islice(rest, _AT_ONCE)):
        yield some
