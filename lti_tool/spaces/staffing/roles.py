"""Roles in a Space: given by an accepted invitation, changed and taken. A Space keeps somebody who can run it."""

from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Person
from lti_tool.spaces.members import member_of, settle_on_board
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.staffing import problems as problems
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.standings import hold_space
from lti_tool.words import to_say

ROLES = ("assistant", "teacher")  # a teacher may do all that an assistant may

name_deeds(
    {
        "space_staff.changed": to_say("Changed somebody's role in a Space"),
        "space_staff.removed": to_say("Took somebody off a Space's staff"),
    }
)


def known_role(said: str | None) -> str:
    """Raises `Problem` space_role_unknown."""
    if said not in ROLES:
        raise Problem("space_role_unknown")
    return said


def give_role(space_id: str, person_id: str, role: str, *, by: str | None = None) -> str:
    """The person has this role from now on, or keeps a wider one. Answers which. Raises `Problem` space_staff_unknown
    for somebody of another school.
    """
    space, person = held_space(space_id), db.session.get(Person, person_id)
    if person is None or person.organization_id != space.organization_id or person.disabled_at is not None:
        raise Problem("space_staff_unknown")
    row = db.session.get(SpaceStaff, (space_id, person_id))
    if row is None:
        row = SpaceStaff(space_id=space_id, person_id=person_id, role=role, added_by=by, added_at=clock.now())
        db.session.add(row)
    row.role = max(row.role, known_role(role), key=ROLES.index)
    _seat(space_id, person_id, "staff")
    return row.role


def change_role(space_id: str, person_id: str, role: str | None) -> None:
    """Another role from now on. Raises `Problem`."""
    space, wanted = held_space(space_id), known_role(role)
    row = _row(space_id, person_id)
    if row.role == wanted:
        return
    if row.role == "teacher":
        _ask_for_another_teacher(space_id, person_id)
    row.role = wanted
    _note("space_staff.changed", space, person_id, wanted)


def remove_staff(space_id: str, person_id: str) -> None:
    """They run the Space no more, unless the LMS says so. Raises `Problem`."""
    space = held_space(space_id)
    row = _row(space_id, person_id)
    if row.role == "teacher":
        _ask_for_another_teacher(space_id, person_id)
    db.session.delete(row)
    _seat(space_id, person_id, "member")
    _note("space_staff.removed", space, person_id, row.role)


def held_space(space_id: str) -> Space:
    """Two teachers who remove each other at once come one after the other. Raises `Problem` not_found."""
    hold_space(space_id)
    space = db.session.get(Space, space_id)
    if space is None:
        raise Problem("not_found")
    return space


def _seat(space_id: str, person_id: str, role: str) -> None:
    """Whoever has a place in the Space learns there no more, or again: what a launch said of their role stays."""
    member = member_of(space_id, person_id)
    if member is None or member.role == role or (role == "member" and member.role_from_launch):
        return
    member.role, member.role_from_launch = role, False
    settle_on_board(member)


def _row(space_id: str, person_id: str) -> SpaceStaff:
    row = db.session.get(SpaceStaff, (space_id, person_id))
    if row is None:
        raise Problem("space_staff_unknown")
    return row


def _ask_for_another_teacher(space_id: str, person_id: str) -> None:
    """Another who can act, or an LMS from which staff have come: they come again, whoever leaves the list."""
    other = (
        select(SpaceStaff.person_id)
        .join(Person, Person.id == SpaceStaff.person_id)
        .where(
            SpaceStaff.space_id == space_id, SpaceStaff.role == "teacher", SpaceStaff.person_id != person_id,
            Person.disabled_at.is_(None),
        )
    )  # fmt: skip
    launched = select(Member.id).where(
        Member.space_id == space_id, Member.role == "staff", Member.role_from_launch, Member.status == "active"
    )
    if db.session.scalar(other.limit(1)) is None and db.session.scalar(launched.limit(1)) is None:
        raise Problem("last_teacher")


def _note(deed: str, space: Space, person_id: str, role: str) -> None:
    note_deed(
        deed, subject=person_id, organization=space.organization_id, scope=space.issuer_id,
        facts={"space": space.id, "role": role},
    )  # fmt: skip
