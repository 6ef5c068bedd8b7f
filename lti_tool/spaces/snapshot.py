"""A list of everybody who belongs to a course, applied to a Space as a whole (decision 9).

Rows are read once, compared in memory, and only what differs is written, set by set. Nobody's awards are touched.
Every update names what it saw: a member who opened the Space in the meantime keeps what that launch said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Row, Table, and_, bindparam, false, insert, select, update

from lti_tool import clock
from lti_tool.db import db, new_id
from lti_tool.people.names import Names
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.members import Arrival, arrive
from lti_tool.spaces.model import Member
from lti_tool.spaces.standings import hold_space, recount_bands

CHUNK = 5_000
_MEMBER = cast(Table, Member.__table__)


@dataclass(frozen=True)
class Listed:
    """One person of the list: "member" or "staff", and whether the list says that they are active."""

    person: str
    names: Names
    role: str
    active: bool = True


@dataclass(frozen=True)
class Outcome:
    """Who joined or came back, whose place changed, who left; by person."""

    joined: Set[str]
    changed: Set[str]
    gone: Set[str]


@dataclass(frozen=True)
class Place:
    """A member's row as far as a list can change it."""

    id: str
    person: str | None
    role: str
    role_from_launch: bool
    status: str
    sort_name: str
    added_by_hand: bool
    on_board: bool
    hides: bool
    joined_at: datetime


@dataclass
class Plan:
    """What a list changes: people without a place; places whose people are back, are changed, or have left."""

    new: list[Listed] = field(default_factory=list)
    back: list[tuple[Place, Listed]] = field(default_factory=list)
    changed: list[tuple[Place, Listed]] = field(default_factory=list)
    gone: list[Place] = field(default_factory=list)


def compare(places: Iterable[Place], listed: Mapping[str, Listed], *, unclear: Set[str], as_of: datetime) -> Plan:
    """What must change so that `places` follow the list that was begun at `as_of`. Pure.

    `unclear` are people whom the list names without saying what they are: they stay as they are.
    """
    plan, seen = Plan(), set()
    for place in places:
        if place.person is None:
            continue
        seen.add(place.person)
        one = listed.get(place.person)
        if place.status == "preview":
            continue
        if one is None or not one.active:
            if place.status == "active" and (one or _leaves(place, unclear, as_of)):
                plan.gone.append(place)
        elif place.status == "inactive":
            plan.back.append((place, one))
        elif (place.role, place.sort_name) != (_role(place, one), one.names.sort_name):
            plan.changed.append((place, one))
    plan.new.extend(one for person, one in listed.items() if one.active and person not in seen)
    return plan


def _leaves(place: Place, unclear: Set[str], as_of: datetime) -> bool:
    """Is somebody whom the list does not name gone?

    Not staff known by their own launch (site administrators are in no roster), not who was added by hand, and not
    who came while the list was being read.
    """
    launched_staff = place.role == "staff" and place.role_from_launch
    return not (launched_staff or place.added_by_hand or place.joined_at >= as_of or place.person in unclear)


def _role(place: Place, one: Listed) -> str:
    """A list may promote, but takes back nothing that a launch said: Moodle lists assistants as learners."""
    return place.role if place.role_from_launch and one.role == "member" else one.role


def apply_snapshot(
    space_id: str, listed: Mapping[str, Listed], *, unclear: Set[str] = frozenset(), as_of: datetime
) -> Outcome:
    """Bring the members of a Space in line with `listed` (by person). Inside a transaction."""
    hold_space(space_id)
    plan = compare(_places(space_id), listed, unclear=unclear, as_of=as_of)
    moves = any(place.on_board for place in plan.gone) or bool(plan.back)
    moves = moves or any(place.role != _role(place, one) for place, one in plan.changed)
    _update(_changes(plan))
    moves = _seat(space_id, plan.new) or moves
    if moves:
        recount_bands(space_id)
    return Outcome(
        joined={one.person for one in plan.new} | {one.person for _, one in plan.back},
        changed={one.person for _, one in plan.changed},
        gone={place.person for place in plan.gone if place.person},
    )


def would_leave(space_id: str, *, as_of: datetime) -> bool:
    """Would an empty list remove anybody?"""
    return bool(compare(_places(space_id), {}, unclear=frozenset(), as_of=as_of).gone)


def _places(space_id: str) -> Iterator[Place]:
    columns = _MEMBER.c
    rows: Iterable[Row[Any]] = db.session.connection().execute(
        select(
            columns.id, columns.person_id, columns.role, columns.role_from_launch, columns.status, columns.sort_name,
            columns.email.is_not(None), columns.on_board, columns.hides, columns.joined_at,
        ).where(columns.space_id == space_id)
    )  # fmt: skip
    return (Place(*tuple(row)) for row in rows)


def _changes(plan: Plan) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for place in plan.gone:
        yield _change(place, place.role, place.sort_name, "inactive", now)
    for place, one in (*plan.back, *plan.changed):
        yield _change(place, _role(place, one), one.names.sort_name, "active", None)


def _change(place: Place, role: str, sort_name: str, status: str, left_at: datetime | None) -> dict[str, Any]:
    return {
        "of": place.id, "saw_role": place.role, "saw_status": place.status, "saw_launch": place.role_from_launch,
        "role": role, "role_from_launch": place.role_from_launch and role == place.role, "status": status,
        "left_at": left_at, "sort_name": sort_name, "counts": role == "member" and status == "active",
    }  # fmt: skip


def _update(changes: Iterable[dict[str, Any]]) -> None:
    columns = _MEMBER.c
    statement = (
        update(_MEMBER)
        .where(
            columns.id == bindparam("of"), columns.role == bindparam("saw_role"),
            columns.status == bindparam("saw_status"), columns.role_from_launch == bindparam("saw_launch"),
        )
        .values(
            role=bindparam("role"), role_from_launch=bindparam("role_from_launch"), status=bindparam("status"),
            left_at=bindparam("left_at"), sort_name=bindparam("sort_name"),
            on_board=and_(bindparam("counts", type_=Boolean), columns.hides == false()),
        )
    )  # fmt: skip
    for chunk in chunks(changes):
        db.session.connection().execute(statement, chunk)


def _seat(space_id: str, people: Sequence[Listed]) -> bool:
    """Give everybody in `people` a place: an open one that waits for their address, or a new one."""
    if not people:
        return False
    waiting = _open_places(space_id)
    expected = [one for one in people if one.names.email in waiting]
    for one in expected:
        member = arrive(space_id, Arrival(one.person, one.names, one.role))
        member.role_from_launch = False
    db.session.flush()
    taken = set(db.session.scalars(select(Member.alias).where(Member.space_id == space_id)))
    others = (one for one in people if one.names.email not in waiting)
    for chunk in chunks(_rows(space_id, others, fresh_aliases(taken))):
        db.session.connection().execute(insert(_MEMBER), chunk)
    return any(one.role == "member" for one in people)


def _open_places(space_id: str) -> set[str | None]:
    """The addresses that places of this Space wait for."""
    return set(db.session.scalars(select(Member.email).where(Member.space_id == space_id, Member.status == "open")))


def _rows(space_id: str, people: Iterable[Listed], aliases: Iterator[str]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for one in people:
        yield {
            "id": new_id(), "space_id": space_id, "person_id": one.person, "email": None, "name": None,
            "role": one.role, "role_from_launch": False, "status": "active", "sort_name": one.names.sort_name,
            "alias": next(aliases), "hides": False, "shares_name": False, "on_board": one.role == "member",
            "points": 0, "completed": 0, "moved_at": now, "joined_at": now, "left_at": None,
        }  # fmt: skip


def chunks(rows: Iterable[Any], size: int = CHUNK) -> Iterator[list[Any]]:
    """`rows` in lists of at most `size`, so that memory stays flat however many there are."""
    chunk: list[Any] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
