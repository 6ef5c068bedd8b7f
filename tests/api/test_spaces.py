"""Spaces over the API: found by the LMS's context id, made with a course or without one."""

from datetime import timedelta

from flask import Flask

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.people.model import Organization
from lti_tool.spaces.model import Space
from tests.api.program import code_of, make_program
from tests.make.organization import make_organization
from tests.make.space import make_member, make_space
from tests.make.visit import make_course, make_registration


def _in_days(days: int) -> str:
    return (clock.now() + timedelta(days=days)).date().isoformat()


def test_an_organization_without_spaces_has_an_empty_list(app: Flask) -> None:
    answer = make_program(app, make_organization()).get("/spaces")

    assert (answer.status_code, answer.json) == (200, {"items": [], "next": None})


def test_a_space_is_found_by_the_context_id_of_its_course(app: Flask) -> None:
    organization = make_organization()
    make_space(organization, "Chemistry 101")
    space = make_space(organization)
    course = make_course(make_registration(organization), space)
    context = db.session.get_one(CourseKey, course).context_id
    make_member(space, organization)
    make_member(space, organization, "Helena Brandt", role="staff")
    make_member(space, organization, "Test Student", preview=True)

    answer = make_program(app, organization).get("/spaces", context=context)

    [found] = answer.json["items"]
    assert (found["id"], found["name"], found["context"], found["members"]) == (space, "Biology 101", context, 1)
    assert found["archived_at"] is None
    assert set(found) == {"id", "name", "issuer", "ends_on", "archived_at", "members", "context"}


def test_a_context_that_no_course_has_leads_nowhere(app: Flask) -> None:
    organization = make_organization()
    make_space(organization)

    assert make_program(app, organization).get("/spaces", context="unheard-of").json["items"] == []


def test_the_same_context_id_in_another_school_leads_to_nothing_of_ours(app: Flask) -> None:
    ours, theirs = make_organization(), make_organization("Other School")
    course = make_course(make_registration(theirs), make_space(theirs))
    context = db.session.get_one(CourseKey, course).context_id

    assert make_program(app, ours).get("/spaces", context=context).json["items"] == []


def test_a_space_without_a_course_is_made_and_read_again(app: Flask) -> None:
    program = make_program(app, make_organization())

    made = program.post("/spaces", {"name": "  Summer \u202eSchool ", "ends_on": _in_days(30)})

    assert made.status_code == 201
    assert made.json["name"] == "Summer School"
    assert made.json["context"] is None
    assert program.get(f"/spaces/{made.json['id']}").json == made.json


def test_a_space_made_for_a_context_belongs_to_its_course_and_asks_for_the_roster(app: Flask) -> None:
    organization = make_organization()
    course = make_course(make_registration(organization), None)
    with transaction():
        db.session.get_one(CourseKey, course).roster_url = "https://lms.example/roster"
    context = db.session.get_one(CourseKey, course).context_id
    program = make_program(app, organization)

    made = program.post("/spaces", {"name": "Biology", "ends_on": _in_days(30), "context": context})

    assert (made.status_code, made.json["context"]) == (201, context)
    assert db.session.get_one(CourseKey, course).space_id == made.json["id"]
    assert db.session.query(RosterRead).filter_by(course_id=course).count() == 1
    again = program.post("/spaces", {"name": "Biology", "ends_on": _in_days(30), "context": context})
    assert (again.status_code, code_of(again)) == (409, "course_has_space")
    assert db.session.query(Space).count() == 1


def test_a_context_that_was_never_opened_makes_no_space(app: Flask) -> None:
    program = make_program(app, make_organization())

    refused = program.post("/spaces", {"name": "Biology", "ends_on": _in_days(30), "context": "unheard-of"})

    assert (refused.status_code, code_of(refused)) == (404, "not_found")
    assert db.session.query(Space).count() == 0


def test_two_courses_with_one_context_id_are_not_guessed_at(app: Flask) -> None:
    organization = make_organization()
    with_context = [make_course(make_registration(organization), None) for _ in range(2)]
    with transaction():
        for course in with_context:
            db.session.get_one(CourseKey, course).context_id = "42"

    refused = make_program(app, organization).post(
        "/spaces", {"name": "Biology", "ends_on": _in_days(30), "context": "42"}
    )

    assert (refused.status_code, code_of(refused)) == (409, "context_ambiguous")


def test_a_space_that_has_ended_says_since_when_and_takes_nothing_more(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    with transaction():
        db.session.get_one(Space, space).ends_on = (clock.now() - timedelta(days=1)).date()
    program = make_program(app, organization)

    shown = program.get(f"/spaces/{space}").json
    refused = program.post(f"/spaces/{space}/members", {"email": "ada@example.org"})

    assert shown["archived_at"] == f"{clock.now().date().isoformat()}T00:00:00Z"
    assert (refused.status_code, code_of(refused)) == (409, "space_archived")
    assert program.get(f"/spaces/{space}/members").json["items"] == []


def test_a_past_end_date_is_refused_in_words(app: Flask) -> None:
    refused = make_program(app, make_organization()).post("/spaces", {"name": "Biology", "ends_on": _in_days(-1)})

    assert refused.status_code == 400
    assert "end date has passed" in refused.json["error"]["message"]


def test_where_spaces_are_switched_off_every_address_of_them_says_so(app: Flask) -> None:
    organization = make_organization()
    space = make_space(organization)
    program = make_program(app, organization)
    with transaction():
        db.session.get_one(Organization, organization).may_use_spaces = False

    answers = [
        program.get("/spaces"),
        program.post("/spaces", {"name": "Biology", "ends_on": _in_days(30)}),
        *(program.get(f"/spaces/{space}{part}") for part in ("", "/members", "/objectives", "/leaderboard")),
        program.get(f"/spaces/{space}/progress.csv"),
        program.post(f"/spaces/{space}/members", {"email": "ada@example.org"}),
    ]

    assert {(answer.status_code, code_of(answer)) for answer in answers} == {(403, "spaces_off")}
    assert program.get("/badges").status_code == 200
