"""The leaderboard, read from kept standings: it costs the same with 100 or 100,000 members (decision 11).

Rows are walked along one index and never counted. People with equal points stand in the order of their random
aliases, so that the board mirrors neither the class list nor who came first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select, tuple_

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.spaces.leaderboard_rules import BoardRow, Standing, board_rows, ranks
from lti_tool.spaces.model import Member, Space, StandingBand

PAGE = 50
SPAN = 3


@dataclass(frozen=True)
class OwnStanding:
    """What a learner always sees of themselves. `rank` is where the points stand, also while they hide; `sharing`
    people of the board have as many.
    """

    member: str
    rank: int
    sharing: int
    points: int
    completed: int
    alias: str
    on_board: bool
    hides: bool
    shares_name: bool
    moved_at: datetime


@dataclass(frozen=True)
class BoardPage:
    """One page of the board. `next` is the `after` of the page below, None at the end."""

    rows: list[BoardRow]
    next: str | None


def participants(space_id: str) -> int:
    """How many people are on the board."""
    return _people(space_id)


def standing_of(member_id: str) -> OwnStanding:
    """One member's own figures. Raises `Problem` not_found."""
    member = db.session.get(Member, member_id)
    if member is None:
        raise Problem("not_found")
    above, sharing = _above_and_beside(member.space_id, member.points)
    return OwnStanding(
        member.id, 1 + above, sharing, member.points, member.completed, member.alias, member.on_board, member.hides,
        member.shares_name, member.moved_at,
    )  # fmt: skip


def top(space_id: str, after: str | None = None, limit: int = PAGE, *, me: str | None = None) -> BoardPage:
    """The board from the top, or below the place of the alias `after`. `me` is the member who looks.

    Raises `Problem` not_found for an alias that nobody in this Space has.
    """
    query = _on_board(space_id).order_by(Member.points.desc(), Member.alias.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(tuple_(Member.points, Member.alias) < _place_of(space_id, after))
    found = _standings(query)
    shown = found[:limit]
    return BoardPage(_ranked(space_id, shown, me), shown[-1].alias if len(found) > limit else None)


def neighbours(member_id: str, span: int = SPAN) -> list[BoardRow]:
    """The member's line between the `span` lines above and below; without it while the member is not on the board."""
    member = db.session.get(Member, member_id)
    if member is None:
        raise Problem("not_found")
    place, here = tuple_(Member.points, Member.alias), (member.points, member.alias)
    query = _on_board(member.space_id)
    above = query.where(place > here).order_by(Member.points, Member.alias).limit(span)
    below = query.where(place <= here).order_by(Member.points.desc(), Member.alias.desc()).limit(span + member.on_board)
    return _ranked(member.space_id, _standings(above)[::-1] + _standings(below), member.id)


def _on_board(space_id: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Member.id, Member.alias, Member.points, Member.shares_name, func.coalesce(Person.name, Member.name))
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.space_id == space_id, Member.on_board)
    )


def _standings(query: Select[*tuple[Any, ...]]) -> list[Standing]:
    return [Standing(*row) for row in db.session.execute(query)]


def _ranked(space_id: str, found: list[Standing], me: str | None) -> list[BoardRow]:
    if not found:
        return []
    highest, lowest = found[0].points, found[-1].points
    bands = {
        band.points: band.members
        for band in db.session.execute(
            select(StandingBand.points, StandingBand.members).where(
                StandingBand.space_id == space_id, StandingBand.points.between(lowest, highest)
            )
        )
    }
    ranked = ranks([one.points for one in found], above=_people(space_id, StandingBand.points > highest), bands=bands)
    allowed = bool(db.session.scalar(select(Space.names_allowed).where(Space.id == space_id)))
    return board_rows(found, ranked, bands, names_allowed=allowed, me=me)


def _people(space_id: str, *where: Any) -> int:
    query = select(func.coalesce(func.sum(StandingBand.members), 0))
    return int(db.session.scalar(query.where(StandingBand.space_id == space_id, *where)) or 0)


def _above_and_beside(space_id: str, points: int) -> tuple[int, int]:
    """How many people of the board have more points than these, and how many have just as many."""
    more = case((StandingBand.points > points, StandingBand.members), else_=0)
    row = db.session.execute(
        select(func.coalesce(func.sum(more), 0), func.coalesce(func.sum(StandingBand.members), 0)).where(
            StandingBand.space_id == space_id, StandingBand.points >= points
        )
    ).one()
    return int(row[0]), int(row[1]) - int(row[0])


def _place_of(space_id: str, alias: str) -> tuple[int, str]:
    """Where a page goes on. Whoever has left the board has no place that anybody could ask for."""
    on_board = select(Member.points, Member.alias).where(Member.space_id == space_id, Member.on_board)
    row = db.session.execute(on_board.where(Member.alias == alias)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row.points, row.alias
