"""Everybody whom a list took away at once, put back: the undo of a list that staff took over."""

from datetime import datetime
from typing import cast

from sqlalchemy import Table, and_, false, update

from lti_tool.db import db
from lti_tool.outbox import record
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.model import Member
from lti_tool.spaces.standings import hold_space, recount_bands


def put_back_left(space_id: str, left_at: datetime) -> int:
    """Everybody who left at this very moment is here again, unless they came back by themselves. Answers how many."""
    hold_space(space_id)
    members = cast(Table, Member.__table__)
    columns = members.c
    rows = db.session.execute(
        update(members)
        .where(columns.space_id == space_id, columns.left_at == left_at, columns.status == "inactive")
        .values(
            status="active", left_at=None, on_board=and_(columns.role == "member", columns.hides == false()),
        )
        .returning(columns.person_id, columns.role)
    ).all()  # fmt: skip
    if rows:
        recount_bands(space_id)
    came = tuple(person for person, role in rows if person and role == "member")
    if came:
        record(MembersCame(space_id, came))
    return len(rows)
