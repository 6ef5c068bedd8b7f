"""Members beyond the pages of one Space: all of them in one list, and who a member is to the workshop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from lti_tool.badges.awards import Recipient
from lti_tool.badges.list_places import place_in_list
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.spaces.member_reads import SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Member, Space


@dataclass(frozen=True)
class MembershipLine:
    """One learner or one of the staff. `status` is active, open (a place that waits for its person) or inactive."""

    id: str
    name: str | None
    email: str | None
    role: str
    status: str
    points: int
    completed: int


def members_page(space_id: str, *, after: str | None = None, limit: int) -> list[MembershipLine]:
    """Up to `limit` members from behind the member `after`: learners by name, then staff; never a preview."""
    order = (Member.role, Member.sort_name, Member.id)
    query = _listed().where(Member.space_id == space_id)
    if after is not None:
        place = select(*order).where(Member.id == after, Member.space_id == space_id)
        query = query.where(tuple_(*order) > place_in_list(place))
    return [MembershipLine(*row) for row in db.session.execute(query.order_by(*order).limit(limit))]


def membership_line(space_id: str, member_id: str) -> MembershipLine | None:
    """One member of the Space; None for anybody else's id and for a preview."""
    row = db.session.execute(_listed().where(Member.space_id == space_id, Member.id == member_id)).one_or_none()
    return MembershipLine(*row) if row else None


def member_in(organization: str, member_id: str) -> Member | None:
    """The member, in whichever Space of the organization."""
    return db.session.scalar(
        select(Member)
        .join(Space, Space.id == Member.space_id)
        .where(Member.id == member_id, Space.organization_id == organization)
    )


def members_who_are(organization: str, persons: Iterable[str]) -> dict[str, str]:
    """{person: member}: the first place that each of them took in a Space of the organization."""
    rows = db.session.execute(
        select(Member.person_id, func.min(Member.id))
        .join(Space, Space.id == Member.space_id)
        .where(Member.person_id.in_(set(persons)), Space.organization_id == organization)
        .group_by(Member.person_id)
    )
    return {person: member for person, member in rows if person}


def recipient_of(member: Member) -> Recipient:
    """Who an award to this member is for: the person with the address that is asserted, or the open place's address."""
    if member.person_id is None:
        return Recipient(email=member.email)
    return Recipient(member.person_id, db.session.scalar(select(Person.email).where(Person.id == member.person_id)))


def _listed() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Member.id, SHOWN_NAME, SHOWN_EMAIL, Member.role, Member.status, Member.points, Member.completed
        )
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.status != "preview")
    )  # fmt: skip
