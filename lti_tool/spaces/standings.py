"""Standings are kept, not computed (decision 11): points in the member's row, people per score in bands.

PostgreSQL lets many write at once. So whoever moves one member shares the Space, and whoever moves many holds it alone;
both before they touch a member, and bands from below: then nobody waits in a circle, and a recount misses nobody.
"""

from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from lti_tool.db import db, insert_into
from lti_tool.spaces.model import Member, Space, StandingBand


def share_space(space_id: str) -> None:
    """One member of the Space is about to move; others may at the same time, until this transaction ends."""
    db.session.execute(select(Space.id).where(Space.id == space_id).with_for_update(read=True)).all()


def hold_space(space_id: str) -> None:
    """Many of the Space are about to change together: nobody else moves in it until this transaction ends."""
    db.session.execute(select(Space.id).where(Space.id == space_id).with_for_update(key_share=True)).all()


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
        for band, people in sorted(((before, -1), (member.points, +1))):
            shift_band(member.space_id, band, people)


def shift_band(space_id: str, points: int, people: int) -> None:
    """So many people more (or fewer) stand at exactly `points`."""
    statement = insert_into(StandingBand).values(space_id=space_id, points=points, members=people)
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["space_id", "points"], set_={"members": StandingBand.members + people}
        )
    )


def recount_bands(space_id: str) -> None:
    """Count all bands of a Space again, after a change of many people at once. The Space is held."""
    db.session.execute(delete(StandingBand).where(StandingBand.space_id == space_id))
    counted = (
        select(Member.space_id, Member.points, func.count())
        .where(Member.space_id == space_id, Member.on_board)
        .group_by(Member.space_id, Member.points)
    )
    db.session.execute(insert(StandingBand).from_select(["space_id", "points", "members"], counted))
