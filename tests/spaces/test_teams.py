"""The figures of teams: the groups of a Space with the points of their learners."""

import pytest
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.spaces.groups.model import GroupMember, SpaceGroup
from lti_tool.spaces.groups.reads import team_totals
from lti_tool.spaces.model import Member
from tests.make.space import make_member


def make_team(space: str, organization: str, name: str, *points: int) -> None:
    """A group whose learners have these points."""
    members = [make_member(space, organization) for _ in points]
    with transaction():
        group = SpaceGroup(space_id=space, ref=f"group:{name}", name=name)
        db.session.add(group)
        db.session.flush()
        for member, theirs in zip(members, points, strict=True):
            db.session.add(GroupMember(group_id=group.id, member_id=member))
            db.session.execute(update(Member).where(Member.id == member).values(points=theirs))


def test_of_more_teams_than_are_shown_those_are_that_have_the_most_points_each(
    space: str, organization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, points in {"Few": (1,), "Many": (9, 8), "Most": (10,), "Some": (5, 1, 3)}.items():
        make_team(space, organization, name, *points)
    monkeypatch.setattr("lti_tool.spaces.groups.reads._MOST", 3)

    assert [(one.name, one.each) for one in team_totals(space, for_learners=False)] == [
        ("Most", 10), ("Many", 8.5), ("Some", 3)
    ]  # fmt: skip
