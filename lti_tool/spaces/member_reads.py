"""Lists of members, straight from the index: any page of them costs the same, whatever the size of the Space."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, func, or_, select, tuple_

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.model import Member

PAGE = 50
SEARCH_LENGTH = 100
_SEARCH_WORDS = 6

IS_COUNTED = and_(Member.role == "member", Member.status.in_(("active", "open")))  # a learner who is here or awaited
SHOWN_NAME = func.coalesce(Person.name, Member.name)
SHOWN_EMAIL = func.coalesce(Person.email, Member.email)


@dataclass(frozen=True)
class MemberLine:
    """One person in a list. `status` is active, open (a place that waits for its person) or inactive (has left)."""

    id: str
    name: str | None
    email: str | None
    status: str
    points: int
    completed: int
    joined_at: datetime
    left_at: datetime | None

    @property
    def shown(self) -> str:
        """What this person is called where only one line fits. Platforms may give neither name nor address."""
        return self.name or self.email or _("Learner %(code)s", code=self.code)

    @property
    def code(self) -> str:
        """What tells people without name and address apart."""
        return code_of(self.id)


@dataclass(frozen=True)
class LearnersPage:
    """One page of learners. `previous` and `next` are the `before` and `after` of the pages beside it."""

    lines: Sequence[MemberLine]
    previous: str | None
    next: str | None


@dataclass(frozen=True)
class Turn:
    """Where in a list to read: `after` or `before` the place of a member, or at the beginning.

    `waiting` leaves those who have completed something, or have left, out.
    """

    after: str | None = None
    before: str | None = None
    search: str = ""
    waiting: bool = False


def learners_page(space_id: str, turn: Turn | None = None, limit: int = PAGE) -> LearnersPage:
    """Learners by name: those who are here, open places and those who left; never staff, never a preview.

    Raises `Problem` not_found when `after` or `before` is nobody of this Space.
    """
    turn = turn or Turn()
    backwards, query = bool(turn.before), listed(space_id).where(*matches(turn.search))
    if turn.waiting:
        query = query.where(Member.completed == 0, IS_COUNTED)
    anchor = _place(space_id, turn.before or turn.after) if turn.before or turn.after else None
    if anchor is not None:
        place = tuple_(Member.sort_name, Member.id)
        query = query.where(place < anchor if backwards else place > anchor)
    order = (Member.sort_name.desc(), Member.id.desc()) if backwards else (Member.sort_name, Member.id)
    found = [MemberLine(*row) for row in db.session.execute(query.order_by(*order).limit(limit + 1))]
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    before_these, after_these = (more, True) if backwards else (anchor is not None, more)
    return LearnersPage(
        found,
        found[0].id if found and before_these else None,
        found[-1].id if found and after_these else None,
    )


def staff_lines(space_id: str) -> list[MemberLine]:
    """The staff of a Space by name; those who left are not listed."""
    query = (
        _columns()
        .where(Member.space_id == space_id, Member.role == "staff", Member.status.in_(("active", "open")))
        .order_by(Member.sort_name, Member.id)
    )
    return [MemberLine(*row) for row in db.session.execute(query)]


def count_learners(space_id: str) -> int:
    """Learners who are here, open places included; previews and staff are not counted."""
    counted = select(func.count()).select_from(Member).where(Member.space_id == space_id, IS_COUNTED)
    return db.session.scalar(counted) or 0


def learner_line(space_id: str, member_id: str) -> MemberLine:
    """One learner. Raises `Problem` not_found for anybody else's id, for staff and for a preview."""
    row = db.session.execute(listed(space_id).where(Member.id == member_id)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return MemberLine(*row)


def beside(space_id: str, member_id: str) -> tuple[MemberLine | None, MemberLine | None]:
    """The learners before and after this one, in the order of every list; None at either end."""
    before = learners_page(space_id, Turn(before=member_id), 1).lines
    after = learners_page(space_id, Turn(after=member_id), 1).lines
    return (before[0] if before else None, after[0] if after else None)


def listed(space_id: str) -> Select[*tuple[Any, ...]]:
    """All learners of a Space, without an order."""
    return _columns().where(Member.space_id == space_id, Member.role == "member", Member.status != "preview")


def matches(search: str) -> list[Any]:
    """Every word must occur in the name or the address, in any order; `sort_name` and addresses are kept folded."""
    words = search[:SEARCH_LENGTH].casefold().split()[:_SEARCH_WORDS]
    return [
        or_(*(
            column.contains(word, autoescape=True)
            for column in (Member.sort_name, func.lower(SHOWN_NAME), SHOWN_EMAIL)
        ))
        for word in words
    ]  # fmt: skip


def _place(space_id: str, member_id: str | None) -> tuple[str, str]:
    row = db.session.execute(
        select(Member.sort_name, Member.id).where(Member.id == member_id, Member.space_id == space_id)
    ).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row.sort_name, row.id


def _columns() -> Select[*tuple[Any, ...]]:
    return select(
        Member.id, SHOWN_NAME, SHOWN_EMAIL, Member.status, Member.points, Member.completed, Member.joined_at,
        Member.left_at,
    ).outerjoin(Person, Person.id == Member.person_id)  # fmt: skip
