"""Many completions at once: points, figures and ranks follow set by set, and the house hears of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, select, update

from lti_tool.db import db
from lti_tool.outbox import record
from lti_tool.spaces.events import ObjectiveMoved, ObjectivesMoved
from lti_tool.spaces.model import Member
from lti_tool.spaces.standings import recount_bands, shift_band

ONE_BY_ONE = 20
_MEMBER = cast(Table, Member.__table__)


@dataclass(frozen=True)
class Moved:
    """One completion that was written: `points` are added, and negative where it was taken back."""

    member: str
    objective: str
    points: int
    is_complete: bool


def move_many(space_id: str, moved: Sequence[Moved], *, at: datetime) -> None:
    """After the completions were written, in a Space that this transaction holds alone."""
    if not moved:
        return
    points, completed = defaultdict[str, int](int), defaultdict[str, int](int)
    for one in moved:
        points[one.member] += one.points
        completed[one.member] += 1 if one.is_complete else -1
    db.session.flush()
    few = len(moved) <= ONE_BY_ONE
    before = _standing(list(points)) if few else {}
    add = update(_MEMBER).where(_MEMBER.c.id == bindparam("of")).values(
        points=_MEMBER.c.points + bindparam("more"), completed=_MEMBER.c.completed + bindparam("done"), moved_at=at
    )  # fmt: skip
    rows = [{"of": member, "more": points[member], "done": completed[member]} for member in sorted(points)]
    for start in range(0, len(rows), 5_000):
        db.session.connection().execute(add, rows[start : start + 5_000])
    db.session.expire_all()
    if few:
        _shift(space_id, before, points)
        _tell_each(space_id, moved)
    else:
        recount_bands(space_id)
        record(ObjectivesMoved(space_id))


def _standing(members: list[str]) -> dict[str, int]:
    """{member: points} of those who stand on the board."""
    query = select(Member.id, Member.points).where(Member.id.in_(members), Member.on_board)
    return {row[0]: row[1] for row in db.session.execute(query)}


def _shift(space_id: str, before: dict[str, int], more: dict[str, int]) -> None:
    people: defaultdict[int, int] = defaultdict(int)
    for member, points in before.items():
        people[points] -= 1
        people[points + more[member]] += 1
    for band, change in sorted(people.items()):
        if change:
            shift_band(space_id, band, change)


def _tell_each(space_id: str, moved: Sequence[Moved]) -> None:
    asked = select(Member.id, Member.person_id, Member.completed, Member.points)
    asked = asked.where(Member.id.in_({one.member for one in moved}))
    members = {row[0]: row for row in db.session.execute(asked)}
    for one in moved:
        _, person, completed, points = members[one.member]
        record(ObjectiveMoved(space_id, one.member, person, completed, points, one.objective, one.is_complete))
