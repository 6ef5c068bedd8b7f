"""Groups of a Space: what lists can be filtered by, and how far the groups are, for the figures of teams."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from lti_tool.db import db
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from lti_tool.spaces.member_reads import IS_COUNTED
from lti_tool.spaces.model import Member

FEWEST_FOR_LEARNERS = 5
_MOST = 200


@dataclass(frozen=True)
class GroupChoice:
    """A group that a list can be filtered by, with how many learners are in it."""

    id: str
    name: str
    learners: int


@dataclass(frozen=True)
class TeamTotal:
    """One group with the points of its learners; `each` is what one of them has on average."""

    name: str
    learners: int
    points: int

    @property
    def each(self) -> float:
        return self.points / self.learners


def groups_of(space_id: str) -> list[GroupChoice]:
    """By name; a group without a learner who is here is none."""
    query = (
        select(SpaceGroup.id, SpaceGroup.name, func.count())
        .join(GroupMember, GroupMember.group_id == SpaceGroup.id)
        .join(Member, Member.id == GroupMember.member_id)
        .where(SpaceGroup.space_id == space_id, IS_COUNTED)
        .group_by(SpaceGroup.id, SpaceGroup.name)
        .order_by(SpaceGroup.name, SpaceGroup.id)
        .limit(_MOST)
    )
    return [GroupChoice(*row) for row in db.session.execute(query)]


def is_in(group_id: str) -> ColumnElement[bool]:
    """Members of this group."""
    return Member.id.in_(select(GroupMember.member_id).where(GroupMember.group_id == group_id))


def team_totals(space_id: str, *, for_learners: bool) -> list[TeamTotal]:
    """The most points for each learner come first. Learners see those on the board alone, and no group so small that
    somebody's points could be told from it.
    """
    learners, points = func.count(), func.coalesce(func.sum(Member.points), 0)
    query = (
        select(SpaceGroup.name, learners, points)
        .join(GroupMember, GroupMember.group_id == SpaceGroup.id)
        .join(Member, Member.id == GroupMember.member_id)
        .where(SpaceGroup.space_id == space_id, Member.on_board if for_learners else IS_COUNTED)
        .group_by(SpaceGroup.id, SpaceGroup.name)
        .having(learners >= (FEWEST_FOR_LEARNERS if for_learners else 1))
        .order_by((points * 1.0 / learners).desc(), SpaceGroup.name, SpaceGroup.id)
        .limit(_MOST)
    )
    found = [TeamTotal(name, count, int(total)) for name, count, total in db.session.execute(query)]
    return sorted(found, key=lambda one: (-one.each, one.name))
