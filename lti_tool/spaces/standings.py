"""Standings are kept, not computed (decision 11): points in the member's row, people per score in bands."""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_tool.db import db, is_postgresql
from lti_tool.spaces.model import Member, StandingBand


def move_standing(member: Member, *, points: int, completed: int, at: datetime) -> None:
    """Add `points` and `completed` (either may be negative) to a member whose row this transaction holds."""
    before = member.points
    db.session.execute(
        update(Member)
        .where(Member.id == member.id)
        .values(points=Member.points + points, completed=Member.completed + completed, moved_at=at)
    )
    db.session.refresh(member)
    if member.on_board and points:
        shift_band(member.space_id, before, -1)
        shift_band(member.space_id, member.points, +1)


def shift_band(space_id: str, points: int, people: int) -> None:
    """So many people more (or fewer) stand at exactly `points`."""
    dialect = postgresql if is_postgresql() else sqlite
    statement = dialect.insert(StandingBand).values(space_id=space_id, points=points, members=people)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["space_id", "points"], set_={"members": StandingBand.members + people}
        )
    )


def recount_bands(space_id: str) -> None:
    """Count all bands of a Space again, after a change of many people at once."""
    db.session.execute(delete(StandingBand).where(StandingBand.space_id == space_id))
    counted = (
        select(Member.space_id, Member.points, func.count())
        .where(Member.space_id == space_id, Member.on_board)
        .group_by(Member.space_id, Member.points)
    )
    db.session.execute(insert(StandingBand).from_select(["space_id", "points", "members"], counted))
