"""What a list of progress shows: who is stuck, the filters, their order, and one page that costs the same for all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Member
from lti_tool.spaces.progress.learners import everybody_in, glance, learners_in, learners_of
from lti_tool.spaces.progress.reads import grid, objective_heads
from lti_tool.spaces.progress.stuck import STUCK_DAYS, is_stuck, judged_at
from lti_tool.spaces.progress.view import Place, View, view_from
from lti_tool.spaces.space import SpaceFacts, space_facts
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.organization import make_organization
from tests.make.space import make_member, make_objective, make_space
from tests.make.visit import make_staff_visit

NOW = datetime(2030, 5, 1, 12, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(days=STUCK_DAYS, seconds=1), NOW - timedelta(days=STUCK_DAYS)
STILL = {
    "has_begun": True, "is_through": False, "waits": False, "moved_at": LONG_AGO, "others_moved_at": NOW,
}  # fmt: skip


@pytest.mark.parametrize(
    ("otherwise", "expected"),
    [
        ({}, True),
        ({"others_moved_at": LATELY}, True),
        ({"moved_at": LATELY}, False),
        ({"has_begun": False}, False),
        ({"is_through": True}, False),
        ({"waits": True}, False),
        ({"others_moved_at": None}, False),
        ({"others_moved_at": LONG_AGO}, False),
    ],
)
def test_stuck_is_who_stands_still_while_others_move(otherwise: dict[str, object], expected: bool) -> None:
    assert is_stuck(**{**STILL, **otherwise}, now=NOW) is expected  # type: ignore[arg-type]


def test_in_a_space_that_has_ended_it_stays_as_it_was_on_the_last_day() -> None:
    assert judged_at(NOW, None) == NOW
    assert judged_at(NOW, date(2030, 4, 1)).date() == date(2030, 4, 1)


def test_words_that_mean_nothing_in_an_address_are_passed_over() -> None:
    asked = {"q": "  a   b ", "show": "nothing", "sort": "points; DROP", "have": "open"}
    assert view_from(asked) == View(search="a b", have="open")
    assert view_from(View("x", "stuck", "moved", "").words) == View("x", "stuck", "moved", "")


@pytest.fixture
def classroom(app: Flask) -> dict[str, str]:
    """Everybody stands somewhere else: through, stuck, waiting, just begun, not started, left."""
    organization = make_organization()
    space = make_space(organization)
    ids = {name: make_member(space, organization, f"{name} X") for name in ("Ada", "Bo", "Cy", "Di", "Ed", "Flo")}
    first, second = make_objective(space, organization, "First", 10), make_evidence_objective(space, organization)
    with transaction():
        for name in ("Ada", "Bo", "Di"):
            complete(objective_id=first, member_id=ids[name], by=None)
        complete(objective_id=second, member_id=ids["Ada"], by=None, confirmed=True)
        db.session.execute(
            update(Member).where(Member.id == ids["Bo"]).values(moved_at=clock.now() - timedelta(days=STUCK_DAYS + 1))
        )
        db.session.get_one(Member, ids["Flo"]).status = "inactive"
    make_handed_in(second, ids["Cy"])
    return {**ids, "space": space, "organization": organization, "first": first, "second": second}


def facts(classroom: dict[str, str]) -> SpaceFacts:
    found = space_facts(classroom["space"])
    assert found is not None
    return found


def shown(classroom: dict[str, str], view: View, objective: str | None = None) -> list[str]:
    page = learners_in(learners_of(facts(classroom), view, 2, objective), Place())
    return [str(line.name).split()[0] for line in page.lines]


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        ("", ["Ada", "Bo", "Cy", "Di", "Ed", "Flo"]),
        ("not_started", ["Ed"]),
        ("stuck", ["Bo"]),
        ("waiting", ["Cy"]),
        ("through", ["Ada"]),
    ],
)
def test_a_filter_shows_who_stands_there_and_the_glance_counts_them(
    classroom: dict[str, str], show: str, expected: list[str]
) -> None:
    asked = learners_of(facts(classroom), View(show=show), 2)
    figures = glance(asked)

    assert shown(classroom, View(show=show)) == expected
    assert everybody_in(asked) == sorted(classroom[name] for name in expected if name != "Flo")
    assert (figures.learners, figures.not_started, figures.stuck, figures.waiting, figures.through) == (5, 1, 1, 1, 1)
    tags = grid(asked, objective_heads(classroom["space"]), Place()).stuck
    assert tags == ({classroom["Bo"]} if "Bo" in expected else set())


def test_where_nobody_else_moves_nobody_is_stuck(classroom: dict[str, str]) -> None:
    with transaction():
        long_ago = clock.now() - timedelta(days=STUCK_DAYS + 1)
        db.session.execute(update(Member).values(moved_at=long_ago))
        db.session.execute(update(Submission).values(submitted_at=long_ago))

    assert shown(classroom, View(show="stuck")) == []


@pytest.mark.parametrize(
    ("have", "expected"),
    [("complete", ["Ada"]), ("open", ["Bo", "Cy", "Di", "Ed", "Flo"]), ("waiting", ["Cy"])],
)
def test_one_column_shows_who_has_what_of_it(classroom: dict[str, str], have: str, expected: list[str]) -> None:
    assert shown(classroom, View(have=have), classroom["second"]) == expected


def test_a_cell_says_what_happened_last(classroom: dict[str, str]) -> None:
    with transaction():
        take_back(objective_id=classroom["first"], member_id=classroom["Di"], by=None)
    heads = objective_heads(classroom["space"])
    seen = grid(learners_of(facts(classroom), View(), 2), heads, Place())
    states = {name: seen.state(classroom[name], classroom["second"]) for name in ("Ada", "Cy", "Ed")}

    assert states == {"Ada": "complete", "Cy": "waiting", "Ed": None}
    assert seen.state(classroom["Di"], classroom["first"]) == "taken_back"


@pytest.mark.parametrize("sort", ["name", "points", "completed", "moved"])
def test_pages_join_in_every_order_forwards_and_backwards(classroom: dict[str, str], sort: str) -> None:
    asked = learners_of(facts(classroom), View(sort=sort), 2)
    whole = [line.id for line in learners_in(asked, Place()).lines]
    pages, place = list[list[str]](), Place()
    while True:
        page = learners_in(asked, place, 2)
        pages.append([line.id for line in page.lines])
        if page.next is None:
            break
        place = Place(after=page.next)
    back = learners_in(asked, Place(before=pages[-1][0]), 2)

    assert [one for page in pages for one in page] == whole
    assert [line.id for line in back.lines] == pages[-2]
    if sort == "completed":
        assert shown(classroom, View(sort=sort)) == ["Ada", "Bo", "Di", "Cy", "Ed", "Flo"]
    if sort == "moved":
        assert shown(classroom, View(sort=sort))[0] == "Bo"


def test_the_grid_asks_as_many_questions_for_many_as_for_one(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_objective(space, organization)
    make_member(space, organization, "Ada A")
    visitor = make_staff_visit(app, organization, space)
    visitor.get("progress")
    with statements() as few:
        visitor.get("progress")
    for number in range(60):
        make_member(space, organization, f"Name {number:02}")
    for number in range(4):
        make_objective(space, organization, f"Objective {number}")
    with statements() as many:
        page = visitor.get("progress?sort=points").text

    assert page.count("<tr ") == 51
    assert len(many) == len(few)
    assert len(many) <= 20


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is asked of the database from now on."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)
