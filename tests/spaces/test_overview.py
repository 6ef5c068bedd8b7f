"""The first page of staff: figures, who has not started, what was completed lately."""

from flask import Flask

from lti_tool.db import db, transaction
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.member_reads import Turn, learners_page
from lti_tool.spaces.model import Member
from lti_tool.spaces.overview import RECENT, Figures, completed_lately, figures
from tests.make.organization import make_organization
from tests.make.space import make_member, make_objective, make_space
from tests.make.visit import make_staff_visit


def test_the_figures_count_learners_who_are_here_and_nobody_else(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    first, second = (make_objective(space, organization, title) for title in ("One", "Two"))
    ada, bo, cy = (make_member(space, organization, name) for name in ("Ada A", "Bo B", "Cy C"))
    make_member(space, organization, "Tess Teacher", role="staff")
    make_member(space, organization, "Pre View", preview=True)
    with transaction():
        db.session.get_one(Member, cy).status = "inactive"
        for objective in (first, second):
            complete(objective_id=objective, member_id=ada, by=None)

    assert figures(space, 2) == Figures(learners=2, waiting=1, through=1, completions=2)
    assert [line.id for line in learners_page(space, Turn(waiting=True)).lines] == [bo]


def test_an_empty_space_has_figures_too(app: Flask) -> None:
    space = make_space(make_organization())

    assert figures(space, 0) == Figures(0, 0, 0, 0)
    assert completed_lately(space) == []


def test_the_latest_completions_come_first_and_what_was_taken_back_is_none(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective, other = (make_objective(space, organization, title) for title in ("One", "Two"))
    people = [make_member(space, organization, f"Person {number}") for number in range(RECENT + 2)]
    for person in people:
        with transaction():
            complete(objective_id=objective, member_id=person, by=None)
    with transaction():
        complete(objective_id=other, member_id=people[0], by=None)
        take_back(objective_id=objective, member_id=people[-1], by=None)

    lately = completed_lately(space)

    assert [(one.member, one.title) for one in lately] == [
        (people[0], "Two"),
        *((person, "One") for person in reversed(people[2:-1])),
    ]
    assert [one.name for one in lately][:2] == ["Person 0", "Person 5"]


def test_the_overview_leads_to_those_who_have_not_started(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective = make_objective(space, organization, "Draw a cell")
    ada, bo = (make_member(space, organization, name) for name in ("Ada A", "Bo B"))
    visitor = make_staff_visit(app, organization, space)
    visitor.post(f"progress/{ada}/{objective}/complete")

    overview, waiting = visitor.get("").text, visitor.get("progress?show=not_started").text

    assert "progress?show=not_started" in overview
    assert "<strong>1</strong> has not started" in overview
    assert f'href="{visitor.path}/progress/{ada}"' in overview
    assert f"m-{bo}" in waiting
    assert f"m-{ada}" not in waiting


def test_who_leaves_the_list_by_a_click_can_still_be_undone(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective = make_objective(space, organization, "Draw a cell")
    ada = make_member(space, organization, "Ada A")
    visitor = make_staff_visit(app, organization, space)

    marked = visitor.post(f"progress/{ada}/{objective}/complete", {"back": "grid", "show": "not_started"})
    shown = visitor.client.get(marked.headers["Location"]).text

    assert "show=not_started" in marked.headers["Location"]
    assert "Everybody has started." in shown
    assert f'formaction="{visitor.path}/progress/{ada}/{objective}/take-back"' in shown
