"""The leaderboard: ranks that ties share, who is on it and under which name, and what reading it costs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from lti_tool.db import db, is_postgresql, transaction
from lti_tool.errors import Problem
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.leaderboard import neighbours, participants, standing_of, top
from lti_tool.spaces.leaderboard_rules import Standing, is_shown, public_name, ranks
from lti_tool.spaces.members import hide_from_board, share_name
from lti_tool.spaces.model import Member, Space
from tests.make.board import NAMES, open_board, score
from tests.make.organization import make_organization
from tests.make.space import make_member, make_objective, make_space


@contextmanager
def seen_reads() -> Iterator[list[tuple[str, Any]]]:
    seen: list[tuple[str, Any]] = []

    def see(_connection: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            seen.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", see)
    yield seen
    event.remove(db.engine, "before_cursor_execute", see)


def plan_of(statement: str, values: Any) -> str:
    """How the database goes about a statement, as it would in a large table."""
    connection = db.session.connection()
    if is_postgresql():
        for way in ("enable_seqscan", "enable_sort", "enable_bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL {way} = off")
    explain = "EXPLAIN " if is_postgresql() else "EXPLAIN QUERY PLAN "
    return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + statement, values))


@pytest.mark.parametrize(
    ("points", "above", "bands", "expected"),
    [
        ([], 0, {}, []),
        ([30, 20, 20, 10], 0, {30: 1, 20: 2, 10: 1}, [1, 2, 2, 4]),
        ([5, 5, 5], 0, {5: 3}, [1, 1, 1]),
        ([20, 10], 7, {20: 3, 10: 9}, [8, 11]),  # a page that begins in the middle of a tie
        ([0], 4, {0: 1}, [5]),
    ],
)
def test_people_with_equal_points_share_a_rank(
    points: list[int], above: int, bands: dict[int, int], expected: list[int]
) -> None:
    assert ranks(points, above=above, bands=bands) == expected


@pytest.mark.parametrize(
    ("shares", "allowed", "expected"),
    [(True, True, "Ada"), (True, False, None), (False, True, None), (False, False, None)],
)
def test_a_name_needs_the_staffs_leave_and_the_learners_choice(
    shares: bool, allowed: bool, expected: str | None
) -> None:
    assert public_name(Standing("m", "Calm Crane", 10, shares, "Ada"), names_allowed=allowed) == expected


def test_a_shared_name_that_nobody_knows_stays_an_alias() -> None:
    assert public_name(Standing("m", "Calm Crane", 10, True, None), names_allowed=True) is None


def test_fewer_than_five_people_are_not_shown() -> None:
    assert (is_shown(4), is_shown(5)) == (False, True)


def test_the_board_is_in_order_of_points_with_shared_ranks(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy, di = (make_member(space, organization, name) for name in NAMES[:4])
    score(space, organization, {ada: 30, bo: 20, cy: 20})
    rows = top(space).rows
    places = [(row.rank, row.sharing, row.points) for row in rows]
    assert places == [(1, 1, 30), (2, 2, 20), (2, 2, 20), (4, 1, 0)]
    assert [(one.rank, one.sharing) for one in map(standing_of, (ada, bo, cy, di))] == [(1, 1), (2, 2), (2, 2), (4, 1)]
    assert [rows[0].member, rows[3].member] == [ada, di]
    assert {rows[1].member, rows[2].member} == {bo, cy}


def test_a_completion_taken_back_moves_the_learner_down_again(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in NAMES[:2])
    score(space, organization, {bo: 5})
    objective = make_objective(space, organization, points=10)
    with transaction():
        complete(objective_id=objective, member_id=ada, by=None)
    assert standing_of(ada).rank == 1
    with transaction():
        take_back(objective_id=objective, member_id=ada, by=None)
    assert (standing_of(ada).rank, standing_of(ada).points, standing_of(bo).rank) == (2, 0, 1)


def test_pages_of_the_board_join_without_a_gap_or_a_double(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    members = [make_member(space, organization, name) for name in NAMES]
    score(space, organization, dict(zip(members, (40, 30, 30, 30, 20, 20, 10), strict=False)))
    seen, after = [], None
    while True:
        page = top(space, after, 2)
        seen += page.rows
        if page.next is None:
            break
        after = page.next
    assert [row.rank for row in seen] == [1, 2, 2, 2, 5, 5, 7, 8, 8]
    assert {row.member for row in seen} == set(members)


def test_neighbours_are_the_lines_around_the_learner(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    members = [make_member(space, organization, name) for name in NAMES]
    score(space, organization, {member: 10 * place for place, member in enumerate(members)})
    rows = neighbours(members[4])
    assert [row.points for row in rows] == [70, 60, 50, 40, 30, 20, 10]
    assert [row.rank for row in rows] == [2, 3, 4, 5, 6, 7, 8]
    assert [row.is_me for row in rows] == [False, False, False, True, False, False, False]


@pytest.mark.parametrize(("place", "expected"), [(8, [80, 70, 60, 50]), (0, [30, 20, 10, 0])])
def test_at_either_end_there_are_fewer_neighbours(app: Flask, place: int, expected: list[int]) -> None:
    organization = make_organization()
    space = make_space(organization)
    members = [make_member(space, organization, name) for name in NAMES]
    score(space, organization, {member: 10 * points for points, member in enumerate(members)})
    assert [row.points for row in neighbours(members[place])] == expected


def test_staff_previews_open_places_and_the_hidden_are_not_on_the_board(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in NAMES[:2])
    make_member(space, organization, "Tess Teacher", role="staff")
    make_member(space, organization, "Test Student", preview=True)
    with transaction():
        hide_from_board(bo, hides=True)
    assert [row.member for row in top(space).rows] == [ada]
    assert participants(space) == 1


def test_somebody_who_hides_keeps_points_and_rank_and_comes_back_to_them(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy = (make_member(space, organization, name) for name in NAMES[:3])
    score(space, organization, {ada: 30, bo: 20})
    with transaction():
        hide_from_board(bo, hides=True)
    assert (standing_of(bo).rank, standing_of(bo).points, standing_of(cy).rank) == (2, 20, 2)
    assert [row.member for row in neighbours(bo)] == [ada, cy]
    with transaction():
        hide_from_board(bo, hides=False)
    assert [row.member for row in top(space).rows] == [ada, bo, cy]
    assert standing_of(cy).rank == 3


def test_equal_points_follow_the_random_alias_not_the_class_list(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    members = [make_member(space, organization, name) for name in NAMES]
    with transaction():
        for number, member in enumerate(members):
            alias = f"Alias {number * 5 % 9}"
            db.session.execute(update(Member).where(Member.id == member).values(alias=alias))
    assert [row.alias for row in top(space).rows] == [f"Alias {number}" for number in range(8, -1, -1)]


def test_a_place_on_the_board_of_another_space_is_not_found(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    alias = standing_of(make_member(there, organization)).alias
    with pytest.raises(Problem) as refused:
        top(here, alias)
    assert refused.value.code == "not_found"


def test_the_board_is_walked_along_an_index_and_never_counted_or_sorted(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    members = [make_member(space, organization, name) for name in NAMES]
    with seen_reads() as reads:
        top(space, top(space, None, 2).next, 2)
        neighbours(members[0])
        standing_of(members[0])
    plans = "\n".join(plan_of(statement, values) for statement, values in reads)
    assert "ix_member_board" in plans
    assert not [line for line in plans.splitlines() if re.search(r"\bSCAN\b|Seq Scan|B-TREE|\bSort\b", line)]


def test_without_aliases_names_are_allowed_but_never_forced(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in NAMES[:2])
    open_board(space, aliases=False)
    with transaction():
        share_name(ada, shares=True)
    shown = {row.member: row.name for row in top(space).rows}
    assert shown == {ada: "Ada Ablett", bo: None}
    assert db.session.get_one(Space, space).names_allowed
