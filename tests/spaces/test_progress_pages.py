"""The pages of progress: one click in the grid, its undoing, the way back, and what is not there."""

import re
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.people.visit import Role
from lti_tool.spaces.member_reads import learner_line
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.progress.cells import cell
from lti_tool.spaces.progress.reads import objective_heads
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_member, make_member_of, make_objective, make_space
from tests.make.visit import make_staff_visit, make_visit

CROWD = ("Ada A", "Bo B", "Cy C", "Di D", "Ed E")


def test_an_empty_grid_says_how_people_get_here(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    visitor = make_staff_visit(app, organization, space)
    assert "no objectives" in visitor.get("progress").text
    make_objective(space, organization)
    assert "Nobody has opened this yet" in visitor.get("progress").text


def test_one_click_in_the_grid_marks_complete_and_the_notice_undoes_it(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization, "Ada Able"), make_objective(space, organization, "First")
    visitor = make_staff_visit(app, organization, space)
    [action] = re.findall(r'formaction="([^"]*/complete)"', visitor.get("progress").text)
    done = visitor.post(action.removeprefix(visitor.path + "/"), {"back": "grid"}, follow_redirects=True)
    assert done.request.path.endswith("/progress")
    assert cell(space, member, objective).state == "complete"
    [undo] = re.findall(r'formaction="([^"]*/take-back)"', done.text)
    visitor.post(undo.removeprefix(visitor.path + "/"), {"back": "grid"})
    db.session.expire_all()
    assert cell(space, member, objective).state == "taken_back"
    assert learner_line(space, member).points == 0


def test_the_way_back_leads_to_the_page_that_the_button_was_on(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo = (make_member(space, organization, name) for name in CROWD[:2])
    objective = make_objective(space, organization)
    visitor = make_staff_visit(app, organization, space)
    back = {"back": "grid", "after": ada, "q": "bo"}
    answer = visitor.post(f"progress/{bo}/{objective}/complete", back)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (query["after"], query["q"], query["done"]) == ([ada], ["bo"], ["complete"])
    outside = visitor.post(f"progress/{bo}/{objective}/take-back", {"back": "https://evil.example/"})
    assert urlsplit(outside.headers["Location"]).path == f"{visitor.path}/progress/{bo}/{objective}"


def test_a_notice_that_is_not_so_is_not_shown(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization), make_objective(space, organization)
    visitor = make_staff_visit(app, organization, space)
    page = visitor.get(f"progress?done=complete&member={member}&objective={objective}").text
    assert "Undo" not in page
    assert visitor.get(f"progress?done=complete&member={member}&objective=nothing").status_code == 404


def test_the_completion_page_takes_back_with_a_reason(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    objective = make_objective(space, organization, "First", private_criteria="Look twice.")
    visitor = make_staff_visit(app, organization, space)
    page = visitor.get(f"progress/{member}/{objective}")
    assert "Look twice." in page.text
    assert "Show your notes." in page.text
    done = visitor.post(f"progress/{member}/{objective}/complete", follow_redirects=True)
    award = cell(space, member, objective).award
    assert f"/public/assertions/{award}" in done.text
    gone = visitor.post(f"progress/{member}/{objective}/take-back", {"reason": "Too early"}, follow_redirects=True)
    assert "Too early" in gone.text
    db.session.expire_all()
    assert cell(space, member, objective).award_revoked


def test_the_learner_page_lists_every_objective(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    objectives = [make_objective(space, organization, title) for title in ("First", "Second")]
    page = make_staff_visit(app, organization, space).get(f"progress/{member}").text
    for objective in objectives:
        assert f"/progress/{member}/{objective}" in page


def test_pages_of_progress_lead_to_the_neighbours(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    ada, bo, cy = (make_member(space, organization, name) for name in CROWD[:3])
    first, second = (make_objective(space, organization, title) for title in ("First", "Second"))
    visitor = make_staff_visit(app, organization, space)
    page = visitor.get(f"progress/{bo}/{first}").text
    for other in (f"{ada}/{first}", f"{cy}/{first}", f"{bo}/{second}"):
        assert f'href="{visitor.path}/progress/{other}"' in page
    assert f'href="{visitor.path}/progress/{ada}"' in visitor.get(f"progress/{bo}").text


def test_somebody_who_left_is_still_there_with_a_tag(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "Ada Able")
    make_objective(space, organization)
    with transaction():
        db.session.get_one(Member, member).status = "inactive"
    visitor = make_staff_visit(app, organization, space)
    for page in ("progress", f"progress/{member}", "members"):
        text = visitor.get(page).text
        assert "Ada Able" in text
        assert re.search(r"\bleft\b", text, re.IGNORECASE)


def test_nothing_can_be_changed_in_a_space_that_has_ended(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member, objective = make_member(space, organization), make_objective(space, organization)
    visitor = make_staff_visit(app, organization, space)
    with transaction():
        db.session.get_one(Space, space).ends_on = date(2020, 1, 1)
    assert "formaction" not in visitor.get("progress").text
    assert "Mark complete" not in visitor.get(f"progress/{member}/{objective}").text
    refused = visitor.post(f"progress/{member}/{objective}/complete")
    assert refused.status_code == 409
    assert cell(space, member, objective).state is None


def test_another_space_cannot_be_reached_through_a_page(app: Flask) -> None:
    organization = make_organization()
    here, there = make_space(organization), make_space(organization, "Chemistry")
    member, objective = make_member(there, organization), make_objective(there, organization)
    visitor = make_staff_visit(app, organization, here)
    for page in (f"progress/{member}", f"progress/{member}/{objective}", f"progress?after={member}"):
        assert visitor.get(page).status_code == 404
    assert visitor.post(f"progress/{member}/{objective}/complete").status_code == 404
    assert cell(there, member, objective).state is None


def test_a_learner_sees_no_page_of_progress(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    person = make_person(organization)
    member, objective = make_member_of(space, person), make_objective(space, organization)
    visitor = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    for page in ("progress", f"progress/{member}", f"progress/{member}/{objective}", "members"):
        assert visitor.get(page).status_code == 403
    assert visitor.post(f"progress/{member}/{objective}/complete").status_code == 403
    assert not [head for head in objective_heads(space) if cell(space, member, head.id).state]


def test_a_name_with_markup_is_only_text(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    member = make_member(space, organization, "<b>Ada</b> O'Neil")
    objective = make_objective(space, organization, "<i>First</i>")
    visitor = make_staff_visit(app, organization, space)
    for page in ("progress", f"progress/{member}", f"progress/{member}/{objective}", "members"):
        text = visitor.get(page).text
        assert "<b>Ada" not in text
        assert "<i>First" not in text
        assert "&lt;b&gt;Ada" in text


def test_namesakes_are_told_apart_by_their_addresses(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    objective = make_objective(space, organization, "Chart")
    ada, _ = (make_member(space, organization, "Ada A", f"ada@{school}.example") for school in ("one", "two"))
    visitor = make_staff_visit(app, organization, space)

    grid, cell = visitor.get("progress").text, visitor.get(f"progress/{ada}/{objective}").text

    assert (grid.count("ada@one.example"), grid.count("ada@two.example")) == (1, 1)
    assert ("ada@one.example" in cell, "ada@two.example" in cell) == (True, False)


@pytest.mark.parametrize(
    ("locale", "one", "two"),
    [
        ("en", ["1 learner", "1 has not started"], ["2 learners", "2 have not started"]),
        ("de", ["1 lernende Person", "1 hat nicht begonnen"], ["2 Lernende", "2 haben nicht begonnen"]),
    ],
)  # fmt: skip
def test_the_figures_above_the_chart_agree_with_their_numbers(
    app: Flask, organization: str, space: str, locale: str, one: list[str], two: list[str]
) -> None:
    make_objective(space, organization)
    make_member(space, organization, "Ada Able")
    visitor = make_staff_visit(app, organization, space)
    with transaction():
        db.session.execute(update(VisitRow).values(locale=locale))

    first = Reader(visitor.client).open(f"{visitor.path}/progress/chart").says
    make_member(space, organization, "Bo Baker")
    second = Reader(visitor.client).open(f"{visitor.path}/progress/chart").says

    assert [words for words in one if words not in first] == []
    assert [words for words in two if words not in second] == []
