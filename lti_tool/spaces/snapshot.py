"""A list of everybody who belongs to a course, applied to a Space as a whole (decision 9).

Rows are read once, compared in memory, and only what differs is written, set by set. Nobody's awards are touched.
Every update names what it saw: a member who opened the Space in the meantime keeps what that launch said.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Row, Table, and_, bindparam, false, insert, select, update

from lti_tool import clock
from lti_tool.db import db, new_id
from lti_tool.outbox import record
from lti_tool.people.home.owners import owners_of
from lti_tool.people.names import Names
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.members import settle_on_board
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.open_places import fill_places
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.standings import hold_space, recount_bands

CHUNK = 5_000
FEWEST_DOUBTED = 5
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
    """Who joined or came back, whose place changed, who left; by person. `left_at` is the moment they left."""

    joined: Set[str]
    changed: Set[str]
    gone: Set[str]
    left_at: datetime | None = None


@dataclass
class ManyWouldLeave(Exception):  # noqa: N818 - it is what the list says
    """Too many would leave at once for a list to be believed: `gone` of the `before` people whom a list can remove."""

    gone: int
    before: int


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
    """What a list changes: people without a place; places whose people are back, are changed, or have left.

    `before`: how many are here whom an empty list would remove.
    """

    new: list[Listed] = field(default_factory=list)
    back: list[tuple[Place, Listed]] = field(default_factory=list)
    changed: list[tuple[Place, Listed]] = field(default_factory=list)
    gone: list[Place] = field(default_factory=list)
    before: int = 0


def compare(
    places: Iterable[Place], listed: Mapping[str, Listed], *, unclear: Set[str], as_of: datetime, whole: bool = True
) -> Plan:  # fmt: skip
    """What must change so that `places` follow the list that was begun at `as_of`. Pure.

    `unclear` are people whom the list names without saying what they are: they stay as they are. Where the list is not
    `whole`, so does everybody whom it does not name.
    """
    plan, seen = Plan(), set()
    for place in places:
        if place.person is None:
            continue
        seen.add(place.person)
        one = listed.get(place.person)
        if place.status == "preview":
            continue
        plan.before += place.status == "active" and _leaves(place, frozenset(), as_of)
        if one is None and not whole:
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


def is_doubtful(gone: int, before: int, *, listed: int) -> bool:
    """Is a list that removes so many rather a fault than a farewell? Pure.

    Nobody is left on it, or it takes away at least half of no small course.
    """
    return gone > 0 and (listed == 0 or (before >= FEWEST_DOUBTED and 2 * gone >= before))


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
    space_id: str, listed: Mapping[str, Listed], *, unclear: Set[str] = frozenset(), as_of: datetime,
    whole: bool = True, agreed: int | None = None,
) -> Outcome:  # fmt: skip
    """Bring the members of a Space in line with `listed` (by person). Inside a transaction.

    `agreed` is how many staff have agreed to see leave; None asks nobody. Raises `ManyWouldLeave`: then the caller
    rolls back.
    """
    hold_space(space_id)
    listed = _with_invited_staff(space_id, listed)
    plan = compare(_places(space_id), listed, unclear=unclear, as_of=as_of, whole=whole)
    _doubt(plan, sum(one.active for one in listed.values()) if whole else plan.before - len(plan.gone), agreed)
    now = clock.now()
    moves = any(place.on_board for place in plan.gone) or bool(plan.back)
    moves = moves or any(place.role != _role(place, one) for place, one in plan.changed)
    _update(_changes(plan, now))
    moves = _seat(space_id, plan.new) or moves
    if moves:
        recount_bands(space_id)
    _tell_who_came(space_id, plan)
    return Outcome(
        joined={one.person for one in plan.new} | {one.person for _, one in plan.back},
        changed={one.person for _, one in plan.changed},
        gone={place.person for place in plan.gone if place.person},
        left_at=now if plan.gone else None,
    )


def _doubt(plan: Plan, left_over: int, agreed: int | None) -> None:
    gone = len(plan.gone)
    if agreed is not None and gone > agreed and is_doubtful(gone, plan.before, listed=left_over):
        raise ManyWouldLeave(gone, plan.before)


def _with_invited_staff(space_id: str, listed: Mapping[str, Listed]) -> Mapping[str, Listed]:
    """Whoever has accepted an invitation to the staff is staff, whatever the list says (decision 7)."""
    invited = select(SpaceStaff.person_id).where(SpaceStaff.space_id == space_id)
    here = {person for person in db.session.scalars(invited) if person in listed}
    return {**listed, **{person: replace(listed[person], role="staff") for person in here}} if here else listed


def _tell_who_came(space_id: str, plan: Plan) -> None:
    """Whoever learns here from now on, those included whom a list has made learners of."""
    became = [one for place, one in plan.changed if place.role == "staff" and _role(place, one) == "member"]
    back = [one for place, one in plan.back if _role(place, one) == "member"]
    came = [one.person for one in (*plan.new, *back, *became) if one.role == "member"]
    if came:
        record(MembersCame(space_id, tuple(came)))


def _places(space_id: str) -> Iterator[Place]:
    columns = _MEMBER.c
    rows: Iterable[Row[Any]] = db.session.connection().execute(
        select(
            columns.id, columns.person_id, columns.role, columns.role_from_launch, columns.status, columns.sort_name,
            columns.email.is_not(None), columns.on_board, columns.hides, columns.joined_at,
        ).where(columns.space_id == space_id)
    )  # fmt: skip
    return (Place(*tuple(row)) for row in rows)


def _changes(plan: Plan, now: datetime) -> Iterator[dict[str, Any]]:
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
    came = _fill(space_id, people)
    taken = set(db.session.scalars(select(Member.alias).where(Member.space_id == space_id)))
    others = (one for one in people if one.person not in came)
    for chunk in chunks(_rows(space_id, others, fresh_aliases(taken))):
        db.session.connection().execute(insert(_MEMBER), chunk)
    return any(one.role == "member" for one in people)


def _fill(space_id: str, people: Sequence[Listed]) -> set[str]:
    """Who takes an open place."""
    waiting, listed = _open_places(space_id), {one.person: one for one in people}
    addresses = {one.names.email for one in people if one.names.email in waiting}
    if not addresses:
        return set()
    owners = owners_of(db.session.get_one(Space, space_id).organization_id, {str(one) for one in addresses})
    came = set(fill_places(space_id, {address: one for address, one in owners.items() if one in listed}))
    runs_it = [person for person in came if listed[person].role == "staff"]
    for member in db.session.scalars(select(Member).where(Member.space_id == space_id, Member.person_id.in_(runs_it))):
        member.role = "staff"
        settle_on_board(member)
    db.session.flush()
    return came


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
