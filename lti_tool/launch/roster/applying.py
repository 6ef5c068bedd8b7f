"""A whole roster becomes people of the guest book and members of a Space, in one transaction (decisions 6 and 9).

(registration, sub) is who somebody is. Names and addresses follow the platform's last word, and only what differs is
written: a second reading without a change writes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select, update

from lti_tool import clock
from lti_tool.db import db, new_id
from lti_tool.launch.model import Identity
from lti_tool.launch.roster.page import Roster, RosterPerson
from lti_tool.outbox import record
from lti_tool.people.events import AddressesMoved
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.spaces.groups.keeping import keep_groups
from lti_tool.spaces.snapshot import CHUNK, Listed, Outcome, apply_snapshot, chunks

_PERSON = cast(Table, Person.__table__)
_IDENTITY = cast(Table, Identity.__table__)


@dataclass(frozen=True)
class Destination:
    """Whose roster it is, and where it goes. `as_of` is when its reading began.

    `whole`: the roster names everybody, not only those who have changed. `agreed`: how many may leave though that is
    doubtful; None asks nobody.
    """

    registration: str
    organization: str
    space: str
    as_of: datetime
    whole: bool = True
    agreed: int | None = None


@dataclass(frozen=True)
class _Known:
    person: str
    names: Names


def apply_roster(roster: Roster, to: Destination) -> Outcome:
    """Write what the roster changes. Inside a transaction; an `IntegrityError` says that somebody arrived meanwhile.

    People are written in the order of their subs: of two rosters with the same people neither waits for the other in a
    circle. Raises `ManyWouldLeave`.
    """
    listed = [roster.people[sub] for sub in sorted(roster.people)]
    known = _known(to.registration, [*roster.people, *(roster.unclear - roster.people.keys())])
    unclear = {known[sub].person for sub in roster.unclear if sub in known}
    renamed = _rename(listed, known)
    people = _listed(listed, known)
    _welcome(to, [one for one in people if one[0] not in known])
    outcome = apply_snapshot(
        to.space, {one.person: one for _, one in people}, unclear=unclear, as_of=to.as_of, whole=to.whole,
        agreed=to.agreed,
    )  # fmt: skip
    if roster.group_names is not None and roster.tells_groups:
        places = {one.person: roster.people[sub].told.refs for sub, one in people}
        keep_groups(to.space, roster.group_names, places, whole=to.whole)
    _tell_of_addresses(people, known)
    return replace(outcome, changed=(outcome.changed | renamed) - outcome.joined - outcome.gone)


def _known(registration: str, subs: Iterable[str]) -> dict[str, _Known]:
    """The people whom the guest book knows by these subs."""
    found: dict[str, _Known] = {}
    person, identity = _PERSON.c, _IDENTITY.c
    query = select(
        identity.sub, person.id, person.name, person.given_name, person.family_name, person.email
    ).select_from(_IDENTITY.join(_PERSON, person.id == identity.person_id))
    for chunk in chunks(subs, CHUNK):
        rows = db.session.connection().execute(
            query.where(identity.registration_id == registration, identity.sub.in_(chunk))
        )
        found |= {row[0]: _Known(row[1], Names(*row[2:])) for row in rows}
    return found


def _listed(people: Iterable[RosterPerson], known: Mapping[str, _Known]) -> list[tuple[str, Listed]]:
    """Everybody with a row in the guest book, present or to be written; strangers who are inactive stay strangers."""
    listed = []
    for one in people:
        found = known.get(one.sub)
        if found or one.active:
            person = found.person if found else new_id()
            listed.append((one.sub, Listed(person, one.names, one.role, one.active)))
    return listed


def _rename(people: Iterable[RosterPerson], known: Mapping[str, _Known]) -> set[str]:
    """Write names and addresses that differ; in one order, for two courses of one person may be read at once. Answers
    whose.
    """
    changes = [
        {"of": known[one.sub].person, **_columns(one.names)}
        for one in people
        if one.sub in known and known[one.sub].names != one.names
    ]
    statement = (
        update(_PERSON)
        .where(_PERSON.c.id == bindparam("of"), _PERSON.c.erased_at.is_(None))
        .values({name: bindparam(name) for name in ("name", "given_name", "family_name", "email")})
    )
    for chunk in chunks(sorted(changes, key=lambda change: str(change["of"]))):
        db.session.connection().execute(statement, chunk)
    return {str(change["of"]) for change in changes}


def _tell_of_addresses(people: Iterable[tuple[str, Listed]], known: Mapping[str, _Known]) -> None:
    """Whose addresses are not what they were, and what these are and were."""
    moved = [
        (one.person, {before, one.names.email})
        for sub, one in people
        if (before := known[sub].names.email if sub in known else None) != one.names.email
    ]
    addresses = sorted({address for _, both in moved for address in both if address})
    if addresses:
        record(AddressesMoved(tuple(addresses), tuple(person for person, _ in moved)))


def _welcome(to: Destination, people: list[tuple[str, Listed]]) -> None:
    """People whom no launch and no roster has named before."""
    for chunk in chunks(_person_rows(to.organization, people)):
        db.session.connection().execute(insert(_PERSON), chunk)
    identities = (
        {"id": new_id(), "registration_id": to.registration, "sub": sub, "person_id": one.person} for sub, one in people
    )
    for chunk in chunks(identities):
        db.session.connection().execute(insert(_IDENTITY), chunk)


def _person_rows(organization: str, people: Iterable[tuple[str, Listed]]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for _, one in people:
        yield {
            "id": one.person, "organization_id": organization, "created_at": now, "disabled_at": None,
            **_columns(one.names),
        }  # fmt: skip


def _columns(names: Names) -> dict[str, str | None]:
    return {
        "name": names.name, "given_name": names.given_name, "family_name": names.family_name, "email": names.email,
    }  # fmt: skip
