"""Objectives: what staff may say of one, their order, and points that change for everybody at once."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.model import Organization
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.model import MAX_POINTS, Member, Objective, Space
from lti_tool.spaces.objective_places import move_objective
from lti_tool.spaces.objectives import (
    CRITERIA_LENGTH,
    FIXED_POINTS,
    ObjectiveWords,
    create_objective,
    edit_objective,
)
from tests.make.crowd import at_once, faults
from tests.make.organization import make_organization
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_objective, make_space


def titles(space: str) -> list[str]:
    db.session.rollback()
    query = select(Objective.title).where(Objective.space_id == space).order_by(Objective.position, Objective.id)
    return list(db.session.scalars(query))


def move(objective: str, *, up: bool) -> None:
    with transaction():
        move_objective(objective, up=up)


def edit(objective: str, **words: object) -> Objective:
    with transaction():
        return edit_objective(objective, words=ObjectiveWords(**{"title": "Changed", **words}))  # type: ignore[arg-type]


def test_a_new_objective_is_the_last_one(organization: str, space: str) -> None:
    for title in ("First", "Second", "Third"):
        make_objective(space, organization, title)

    assert titles(space) == ["First", "Second", "Third"]


def test_objectives_move_one_place_and_stop_at_the_ends(organization: str, space: str) -> None:
    first, _, third = (make_objective(space, organization, title) for title in ("First", "Second", "Third"))

    move(third, up=True)
    assert titles(space) == ["First", "Third", "Second"]
    move(first, up=False)
    assert titles(space) == ["Third", "First", "Second"]
    move(third, up=True)
    assert titles(space) == ["Third", "First", "Second"]


def test_moving_in_one_space_moves_nothing_in_another(organization: str, space: str) -> None:
    other = make_space(organization, "Other")
    for where in (space, other):
        for title in ("First", "Second"):
            make_objective(where, organization, title)

    move(db.session.scalars(select(Objective.id).where(Objective.space_id == space)).first() or "", up=False)

    assert (titles(space), titles(other)) == (["Second", "First"], ["First", "Second"])


def test_two_who_reorder_at_once_lose_no_place(app: Flask, organization: str, space: str) -> None:
    objectives = [make_objective(space, organization, f"Objective {number}") for number in range(4)]
    acts = [partial(move_objective, objective, up=up) for objective in objectives for up in (True, False)]
    badge = make_badge(organization)
    acts += [partial(create_objective, space, badge=badge, words=ObjectiveWords(f"New {n}")) for n in range(3)]

    outcomes = at_once(app, acts)

    db.session.rollback()
    places = db.session.scalars(select(Objective.position).where(Objective.space_id == space)).all()
    assert (faults(outcomes), len(places), len(set(places))) == ([], 7, 7)


def test_what_staff_say_is_kept_clean(organization: str, space: str) -> None:
    objective = edit(
        make_objective(space, organization), title="  Two \n lines ", points=25, public_criteria=" Do it.\x00 ",
        private_criteria="Look closely.", revoke_with_objective=False,
    )  # fmt: skip

    assert (objective.title, objective.points, objective.public_criteria) == ("Two lines", 25, "Do it.")
    assert (objective.private_criteria, objective.revoke_with_objective) == ("Look closely.", False)


@pytest.mark.parametrize(
    "words",
    [
        {"title": " "},
        {"points": -1},
        {"points": MAX_POINTS + 1},
        {"public_criteria": "x" * (CRITERIA_LENGTH + 1)},
        {"private_criteria": "x" * (CRITERIA_LENGTH + 1)},
    ],
)
def test_what_goes_beyond_the_limits_is_refused_and_changes_nothing(
    organization: str, space: str, words: dict[str, object]
) -> None:
    objective = make_objective(space, organization, "Before")

    with pytest.raises(Problem) as refused:
        edit(objective, **words)

    assert (refused.value.code, bool(refused.value.detail), titles(space)) == ("bad_request", True, ["Before"])


@pytest.mark.parametrize("points", [0, MAX_POINTS])
def test_the_limits_themselves_are_allowed(organization: str, space: str, points: int) -> None:
    objective = edit(make_objective(space, organization), points=points, public_criteria="x" * CRITERIA_LENGTH)

    assert objective.points == points


def test_where_points_are_not_weighed_every_objective_counts_alike(organization: str, space: str) -> None:
    with transaction():
        db.session.get_one(Organization, organization).may_weigh_points = False

    objective = edit(make_objective(space, organization, points=99), points=77)

    assert objective.points == FIXED_POINTS


def test_other_points_move_everybody_who_has_completed_it(organization: str, space: str) -> None:
    done, undone, never = (make_member(space, organization, name) for name in ("Ada A", "Bo B", "Cy C"))
    objective, other = make_objective(space, organization), make_objective(space, organization, "Other", points=3)
    with transaction():
        for member in (done, undone):
            complete(objective_id=objective, member_id=member, by=None)
            complete(objective_id=other, member_id=member, by=None)
        take_back(objective_id=objective, member_id=undone, by=None)

    edit(objective, points=50)

    points = {one.id: one.points for one in db.session.query(Member).populate_existing()}
    assert points == {done: 53, undone: 3, never: 0}
    assert standing_faults(space) == []


def test_a_badge_of_another_organization_is_not_there(organization: str, space: str) -> None:
    foreign = make_badge(make_organization("Elsewhere"))

    with pytest.raises(Problem) as refused:
        make_objective(space, organization, badge=foreign)

    assert (refused.value.code, titles(space)) == ("not_found", [])


def test_in_a_space_that_has_ended_objectives_stay_as_they_are(organization: str, space: str) -> None:
    first, badge = make_objective(space, organization, "First"), make_badge(organization)
    make_objective(space, organization, "Second")
    with transaction():
        db.session.execute(update(Space).values(archived_at=clock.now()))

    for act in (
        partial(edit, first), partial(move, first, up=False),
        partial(make_objective, space, organization, "Third", badge=badge),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == "space_archived"
    assert titles(space) == ["First", "Second"]


def test_an_objective_that_is_not_there_is_not_found(app: Flask) -> None:
    for act in (partial(edit, "nothing"), partial(move, "nothing", up=True)):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == "not_found"
