"""What a mentor sees of the learners named to them: their progress in this Space, and nothing around it."""

import pytest
from flask import Flask
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces import completions
from lti_tool.spaces.model import Member
from tests.make.person import make_person
from tests.make.space import make_member, make_member_of, make_objective, make_space
from tests.make.visit import Visitor, make_visit


def mentor_of(app: Flask, organization: str, space: str, *persons: str) -> Visitor:
    return make_visit(
        app, organization=organization, person=make_person(organization, "Ingrid Halvorsen"), space=space,
        role=Role.OBSERVER, mentees=persons,
    )  # fmt: skip


def test_a_learner_without_a_name_has_a_code_and_no_address(app: Flask, organization: str, space: str) -> None:
    person = make_person(organization, None, "quiet@example.org")
    member = make_member_of(space, person)

    page = mentor_of(app, organization, space, person).get("following", follow_redirects=True)

    assert f"<h1>Learner {member[-6:].upper()}</h1>" in page.text
    assert "quiet@example.org" not in page.text


def test_what_was_taken_back_is_shown_without_its_reason(app: Flask, organization: str, space: str) -> None:
    teacher, learner = make_person(organization, "Tess Teacher"), make_person(organization)
    member, objective = make_member_of(space, learner), make_objective(space, organization)
    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=teacher)
        completions.take_back(objective_id=objective, member_id=member, by=teacher, reason="Copied from a friend")

    page = mentor_of(app, organization, space, learner).get(f"following/{member}")

    assert "Taken back" in page.text
    assert "Copied from a friend" not in page.text
    assert "Tess" not in page.text


def test_who_has_left_is_still_shown_as_such(app: Flask, organization: str, space: str) -> None:
    people = [make_person(organization, "Ada Lovelace"), make_person(organization, "Bo Berg")]
    members = [make_member_of(space, person) for person in people]
    with transaction():
        db.session.execute(
            update(Member).where(Member.id == members[0]).values(status="inactive", left_at=clock.now(), on_board=False)
        )

    mentor = mentor_of(app, organization, space, *people)

    assert mentor.get("following").text.count(">left</span>") == 1
    assert "not in the course any more" in mentor.get(f"following/{members[0]}").text


@pytest.mark.parametrize("what", ["staff", "preview", "another space", "nobody here"])
def test_only_learners_of_this_space_can_be_followed(app: Flask, organization: str, space: str, what: str) -> None:
    person = make_person(organization, "Somebody Else")
    member = {
        "staff": lambda: make_member_of(space, person, role="staff"),
        "preview": lambda: make_member_of(space, person, preview=True),
        "another space": lambda: make_member_of(make_space(organization), person),
        "nobody here": lambda: "0" * 32,
    }[what]()

    mentor = mentor_of(app, organization, space, person)

    assert "There is nothing to see for observers yet" in mentor.get("following").text
    assert (mentor.get(f"following/{member}").status_code, "Somebody" in mentor.get("following").text) == (404, False)


def test_a_mentor_without_anybody_may_not_even_ask(app: Flask, organization: str, space: str) -> None:
    member = make_member(space, organization)

    mentor = mentor_of(app, organization, space)

    assert {mentor.get(page).status_code for page in ("following", f"following/{member}")} == {403}
    assert mentor.get().status_code == 200


def test_before_the_space_is_made_a_mentor_waits(app: Flask, organization: str) -> None:
    mentor = make_visit(
        app, organization=organization, person=make_person(organization), role=Role.OBSERVER,
        mentees=[make_person(organization)],
    )  # fmt: skip

    assert "There is nothing to see for observers yet" in mentor.get().text
