"""The LMS hears back, item 4: from a cell of the gradebook to that learner's evidence and decision."""

import requests
from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.model import Identity
from lti_tool.sandbox.gradebook import LineItem as Column
from lti_tool.spaces.model import Member, Objective
from lti_tool.spaces.review.deciding import accept, claim
from tests.flows.picking import REVIEW, choose, go_back, open_picker, picked, send
from tests.flows.steps import add_objective, create_space_with_roster
from tests.make.evidence import make_handed_in
from tests.make.hands import buttons, heading, press
from tests.make.lms import Campus, words


def prepare(school: Campus) -> tuple[str, Column]:
    """An objective that takes evidence, picked with its column. Answers its id and the column."""
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    browser, picker = open_picker(school)
    objective = picker.text.partition('value="objective:')[2][:32]
    with transaction():
        db.session.get_one(Objective, objective).evidence = "required"
    go_back(browser, choose(browser, picker, f"objective:{objective}", column="y"))
    [column] = [one for one in school.lms.gradebook.items("biology") if one.members.get("resourceId") == objective]
    return objective, column


def member(school: Campus, learner: str) -> str:
    sub = school.lms.world.people[learner].sub
    found = select(Member.id).join(Identity, Identity.person_id == Member.person_id).where(Identity.sub == sub)
    return db.session.scalars(found).one()


def review(school: Campus, person: str, about: str, column: Column | None) -> requests.Response:
    return send(school, REVIEW, "biology", person, about=about, item=column)[1]


def test_a_picked_objective_asks_for_a_column_that_can_be_reviewed(school: Campus) -> None:
    _, column = prepare(school)

    [item] = picked(school)
    assert item["lineItem"]["submissionReview"] == {"reviewableStatus": ["InProgress", "Submitted", "Completed"]}
    assert column.review == item["lineItem"]["submissionReview"]


def test_evidence_that_waits_is_opened_for_review(school: Campus) -> None:
    objective, column = prepare(school)
    make_handed_in(objective, member(school, "siobhan"), "I counted newts.")

    teacher, page = send(school, REVIEW, "biology", "helena", about="siobhan", item=column)
    assert heading(page) == "Siobhán O'Connor: Explore the lab"

    opened = press(teacher, page, "Review this")
    assert "I counted newts." in words(opened)
    assert "Accept" in buttons(opened)


def test_what_was_decided_is_shown_with_its_evidence(school: Campus) -> None:
    objective, column = prepare(school)
    submission = make_handed_in(objective, member(school, "siobhan"), "I counted newts.")
    space = db.session.get_one(Objective, objective).space_id
    sub = school.lms.world.people["helena"].sub
    teacher = db.session.scalars(select(Identity.person_id).where(Identity.sub == sub)).one()
    with transaction():
        claim(space, submission, by=teacher)
        accept(space, submission, by=teacher)

    page = review(school, "helena", "siobhan", column)

    assert page.url.endswith(f"/{objective}")
    assert "I counted newts." in words(page)


def test_without_evidence_the_learner_is_shown_as_they_stand(school: Campus) -> None:
    objective, column = prepare(school)

    page = review(school, "helena", "siobhan", column)

    assert page.url.endswith(f"/progress/{member(school, 'siobhan')}/{objective}")


def test_from_the_column_of_the_space_the_evidence_that_waits_longest_is_opened(school: Campus) -> None:
    objective, _ = prepare(school)
    make_handed_in(objective, member(school, "siobhan"), "I counted newts.")

    page = review(school, "helena", "siobhan", None)

    assert heading(page) == "Siobhán O'Connor: Explore the lab"


def test_learners_and_mentors_come_to_their_own_and_to_nobody_else(school: Campus) -> None:
    objective, column = prepare(school)
    for learner in ("siobhan", "amelie"):
        make_handed_in(objective, member(school, learner), f"By {learner}.")

    assert heading(review(school, "siobhan", "siobhan", column)) == "Explore the lab"
    theirs = review(school, "ingrid", "amelie", column)
    assert (theirs.status_code, heading(theirs)) == (200, "Amélie Dubois")

    for person, about in (("siobhan", "amelie"), ("ingrid", "siobhan")):
        other = review(school, person, about, column)
        assert (other.status_code, heading(other)) == (404, "There is nobody to show"), person
        assert f"By {about}." not in words(other)
