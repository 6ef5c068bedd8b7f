"""The staff of a Space as its page shows them: those by invitation, and those whom the LMS names."""

from dataclasses import dataclass

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.people.staff_lines import PERSON, StaffLine, staff_lines_in
from lti_tool.spaces.member_reads import MemberLine, staff_lines
from lti_tool.spaces.model import Member
from lti_tool.spaces.staffing.model import SpaceStaff


@dataclass(frozen=True)
class Staff:
    """`invited` can be changed here; `from_lms` are whoever the LMS says."""

    invited: list[StaffLine]
    from_lms: list[MemberLine]


def staff_of(space_id: str) -> Staff:
    """Teachers first, then by the time they came."""
    query = (
        select(*PERSON, SpaceStaff.role, SpaceStaff.added_at)
        .join(Person, Person.id == SpaceStaff.person_id)
        .where(SpaceStaff.space_id == space_id)
        .order_by(SpaceStaff.role.desc(), SpaceStaff.added_at, Person.id)
    )
    invited = staff_lines_in(db.session.execute(query))
    seated = select(Member.id).join(
        SpaceStaff, (SpaceStaff.space_id == Member.space_id) & (SpaceStaff.person_id == Member.person_id)
    )
    twice = set(db.session.scalars(seated.where(Member.space_id == space_id)))
    return Staff(invited, [line for line in staff_lines(space_id) if line.id not in twice])


def staff_line(space_id: str, person_id: str) -> StaffLine | None:
    return next((one for one in staff_of(space_id).invited if one.person == person_id), None)
