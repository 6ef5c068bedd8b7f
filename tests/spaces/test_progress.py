"""Progress: lists of learners in pages, the grid, one cell, the neighbours of each, and a learner's history."""

import pytest
from flask import Flask

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.member_reads import Turn, learner_line, learners_page
from lti_tool.spaces.progress.cells import cell, cells_of, history
from lti_tool.spaces.progress.learners import beside, learners_of
from lti_tool.spaces.progress.reads import ObjectiveHead, grid, heads_beside, objective_heads
from lti_tool.spaces.progress.view import Place, View
from lti_tool.spaces.space import SpaceFacts, space_facts
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_member, make_objective, make_space

CROWD = ("Ada A", "Bo B", "Cy C", "Di D", "Ed E")


def facts(space: str) -> SpaceFacts:
    found = space_facts(space)
    assert found is not None
    return found


def names(space: str, turn: Turn, limit: int = 2) -> list[str | None]:
    return [line.name for line in learners_page(space, turn, limit).lines]


def test_pages_of_learners_join_forwards_and_backwards(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    for name in reversed(CROWD):
        make_member(space, organization, name)
    first = learners_page(space, Turn(), 2)
    second = learners_page(space, Turn(after=first.next), 2)
    third = learners_page(space, Turn(after=second.next), 2)
    assert [[line.name for line in page.lines] for page in (first, second, third)] == [
        ["Ada A", "Bo B"], ["Cy C", "Di D"], ["Ed E"],
    ]  # fmt: skip
    assert (first.previous, third.next) == (None, None)
    back = learners_page(space, Turn(before=third.previous), 2)
    assert back == learners_page(space, Turn(after=first.next), 2)
    assert learners_page(space, Turn(before=back.previous), 2) == first


def test_people_of_one_name_are_all_listed_in_a_stable_order(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    twins = {make_member(space, organization, "Ada Twin") for _ in range(5)}
    seen, turn = [], Turn()
    while True:
        page = learners_page(space, turn, 2)
        seen += [line.id for line in page.lines]
        if page.next is None:
            break
        turn = Turn(after=page.next)
    assert len(seen) == 5
    assert set(seen) == twins


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("ångström", ["Zoë Ångström"]),
        ("ÅNGSTRÖM zoë", ["Zoë Ångström"]),
        ("zo@exam", ["Zoë Ångström"]),
        ("%", []),
        ("_", ["Under_score X"]),
        ("nobody", []),
    ],
)
def test_a_search_finds_names_in_any_order_and_addresses(app: Flask, search: str, expected: list[str]) -> None:
    organization = make_organization()
    space = make_space(organization)
    make_member(space, organization, "Zoë Ångström", "zo@example.org")
    make_member(space, organization, "Under_score X")
    assert names(space, Turn(search=search)) == expected


def test_the_grid_says_what_each_learner_has_done(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in CROWD[:2])
    make_member(space, organization, "Tess Teacher", role="staff")
    make_member(space, organization, "Test Student", preview=True)
    first, second = (make_objective(space, organization, title) for title in ("First", "Second"))
    with transaction():
        complete(objective_id=first, member_id=ada, by=None)
        complete(objective_id=second, member_id=bo, by=None)
        take_back(objective_id=second, member_id=bo, by=None)
    heads = objective_heads(space)
    seen = grid(learners_of(facts(space), View(), len(heads)), heads, Place())
    assert [head.title for head in seen.objectives] == ["First", "Second"]
    assert [line.id for line in seen.learners.lines] == [ada, bo]
    assert [[seen.state(one, other) for other in (first, second)] for one in (ada, bo)] == [
        ["complete", None], [None, "taken_back"],
    ]  # fmt: skip


def test_the_walk_along_learners_and_objectives_stops_at_the_ends(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy = (make_member(space, organization, name) for name in CROWD[:3])
    asked = learners_of(facts(space), View(), 1)
    assert [[one.id if one else None for one in beside(asked, member)] for member in (ada, bo, cy)] == [
        [None, bo], [ada, cy], [bo, None],
    ]  # fmt: skip
    heads = [ObjectiveHead(title, title, 1) for title in "abc"]
    assert [heads_beside(heads, title) for title in "abc"] == [
        (None, heads[1]), (heads[0], heads[2]), (heads[1], None),
    ]  # fmt: skip


def test_the_history_tells_who_did_what_and_why(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    teacher = make_person(organization, "Tess Teacher")
    member = make_member(space, organization, "Ada Able")
    objective = make_objective(space, organization, "First")
    with transaction():
        complete(objective_id=objective, member_id=member, by=teacher)
    with transaction():
        take_back(objective_id=objective, member_id=member, by=teacher, reason="It was somebody else's")
    line = learner_line(space, member)
    told = history(cells_of(space, member), joined_at=line.joined_at, left_at=line.left_at)
    assert [(one.what, one.title, one.by, one.reason) for one in told] == [
        ("taken_back", "First", "Tess Teacher", "It was somebody else's"),
        ("complete", "First", "Tess Teacher", None),
        ("joined", None, None, None),
    ]


def test_a_learner_or_objective_of_another_space_is_not_found(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    mine, theirs = make_member(here, organization), make_member(there, organization)
    objective = make_objective(there, organization)
    for ask in (
        lambda: learner_line(here, theirs),
        lambda: cell(here, mine, objective),
        lambda: beside(learners_of(facts(here), View(), 1), theirs),
        lambda: learners_page(here, Turn(after=theirs)),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.code == "not_found"


# The pages
