"""Roles in an issuer: given, changed and taken. An issuer that has an owner keeps one (decision 7)."""

from sqlalchemy import case, select

from lti_tool import clock
from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing import problems as problems
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Person
from lti_tool.people.staff_lines import PERSON, StaffLine, staff_lines_in
from lti_tool.words import to_say

ROLES = ("awarder", "editor", "owner")  # each may do all that those before it may

name_deeds(
    {
        "staff.added": to_say("Gave somebody a role with the issuer"),
        "staff.changed": to_say("Changed somebody's role with the issuer"),
        "staff.removed": to_say("Took somebody off the issuer's staff"),
    }
)


def staff_of(issuer_id: str) -> list[StaffLine]:
    """Owners first, then by the time they came."""
    rank = case({role: place for place, role in enumerate(reversed(ROLES))}, value=IssuerStaff.role)
    query = (
        select(*PERSON, IssuerStaff.role, IssuerStaff.added_at)
        .join(Person, Person.id == IssuerStaff.person_id)
        .where(IssuerStaff.issuer_id == issuer_id)
        .order_by(rank, IssuerStaff.added_at, Person.id)
    )
    return staff_lines_in(db.session.execute(query))


def staff_line(issuer_id: str, person_id: str) -> StaffLine:
    """Raises `Problem` staff_unknown."""
    found = next((one for one in staff_of(issuer_id) if one.person == person_id), None)
    if found is None:
        raise Problem("staff_unknown")
    return found


def known_role(said: str | None) -> str:
    """Raises `Problem` role_unknown."""
    if said not in ROLES:
        raise Problem("role_unknown")
    return said


def give_role(issuer_id: str, person_id: str, role: str) -> str:
    """The person has this role from now on, or keeps a wider one. Answers which. Raises `Problem` staff_unknown for
    somebody of another school.
    """
    issuer, person = hold_issuer(issuer_id), db.session.get(Person, person_id)
    if person is None or person.organization_id != issuer.organization_id or person.disabled_at is not None:
        raise Problem("staff_unknown")
    row = db.session.get(IssuerStaff, (issuer_id, person_id))
    if row is None:
        row = IssuerStaff(issuer_id=issuer_id, person_id=person_id, role=role, added_at=clock.now())
        db.session.add(row)
    row.role = max(row.role, known_role(role), key=ROLES.index)
    return row.role


def change_role(issuer_id: str, person_id: str, role: str | None, *, leaves_owner: bool = True) -> None:
    """Another role from now on. Administrators may leave an issuer without an owner. Raises `Problem`."""
    issuer, wanted = hold_issuer(issuer_id), known_role(role)
    row = _row(issuer_id, person_id)
    if row.role == wanted:
        return
    if row.role == "owner" and leaves_owner:
        _ask_for_another_owner(issuer_id, person_id)
    row.role = wanted
    _note("staff.changed", issuer, person_id, wanted)


def remove_staff(issuer_id: str, person_id: str, *, leaves_owner: bool = True) -> None:
    """They have no role here any more. Administrators may leave an issuer without an owner. Raises `Problem`."""
    issuer = hold_issuer(issuer_id)
    row = _row(issuer_id, person_id)
    if row.role == "owner" and leaves_owner:
        _ask_for_another_owner(issuer_id, person_id)
    db.session.delete(row)
    _note("staff.removed", issuer, person_id, row.role)


def add_staff(issuer_id: str, person_id: str, role: str | None) -> None:
    """An administrator gives a role at once. Raises `Problem` staff_unknown or role_unknown."""
    given = give_role(issuer_id, person_id, known_role(role))
    _note("staff.added", hold_issuer(issuer_id), person_id, given)


def hold_issuer(issuer_id: str) -> Issuer:
    """Two owners who demote each other at once come one after the other. Raises `Problem` not_found."""
    issuer = db.session.scalar(select(Issuer).where(Issuer.id == issuer_id).with_for_update(key_share=True))
    if issuer is None:
        raise Problem("not_found")
    return issuer


def _row(issuer_id: str, person_id: str) -> IssuerStaff:
    row = db.session.get(IssuerStaff, (issuer_id, person_id))
    if row is None:
        raise Problem("staff_unknown")
    return row


def _ask_for_another_owner(issuer_id: str, person_id: str) -> None:
    """One who is disabled cannot act, and is none."""
    other = (
        select(IssuerStaff.person_id)
        .join(Person, Person.id == IssuerStaff.person_id)
        .where(
            IssuerStaff.issuer_id == issuer_id, IssuerStaff.role == "owner", IssuerStaff.person_id != person_id,
            Person.disabled_at.is_(None),
        )
    )  # fmt: skip
    if db.session.scalar(other.limit(1)) is None:
        raise Problem("last_owner")


def _note(deed: str, issuer: Issuer, person_id: str, role: str) -> None:
    note_deed(
        deed, subject=person_id, organization=issuer.organization_id, scope=issuer.id, facts={"role": role}
    )  # fmt: skip
