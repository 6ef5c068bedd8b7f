"""A teacher types the ids of other courses into a link, as if theirs were a copy. The platform signs what stands there.

Kwame teaches beside Helena in biology, where he has never opened the tool, and tries it from a course of his own.
"""

import re

import pytest
import requests
from sqlalchemy import select, update

from lti_tool.badges.issuers import create_issuer
from lti_tool.badges.model import BadgeClass
from lti_tool.badges.pathways.model import Pathway
from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, Deployment
from lti_tool.sandbox import vocabulary
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.pathways.model import SpacePathway
from tests.flows.copying import (
    BRING,
    OFFER,
    bring,
    columns,
    known_by,
    next_term,
    noted,
    space_of,
    space_of_last_term,
)
from tests.flows.steps import add_objective, create_space, mark_complete
from tests.make.hands import buttons, follow, heading
from tests.make.lms import Browser, Campus, words
from tests.make.organization import make_organization

NOTES = "Full marks only for the second drawing."
STAY_BEHIND = "Notes for staff stay behind"


def space_with_notes(school: Campus) -> tuple[Browser, requests.Response]:
    """Helena's Space in biology: an objective with notes for staff."""
    teacher, overview = create_space(school)
    add_objective(teacher, overview, private_criteria=NOTES)
    return teacher, teacher.get(overview.url)


def typed(school: Campus, course: str = "data-literacy", teacher: str = "kwame", **custom: str) -> None:
    """The teacher writes these custom parameters into the link of a course of theirs."""
    school.lms.world.enrol(course, teacher, vocabulary.INSTRUCTOR)
    school.lms.world.courses[course].placements["menu"].custom.update(custom)


def biology(school: Campus) -> str:
    return school.lms.world.courses["biology"].context_id


def objectives(school: Campus, course: str = "data-literacy") -> list[tuple[str, str, str]]:
    """(title, what learners read, notes) in the Space of a course."""
    db.session.rollback()
    here = select(Objective).where(Objective.space_id == space_of(school.lms.world.courses[course]))
    return [(one.title, one.public_criteria, one.private_criteria) for one in db.session.scalars(here)]


def post_anyway(school: Campus, browser: Browser, page: requests.Response, space: str | None) -> requests.Response:
    """Without being offered it, as somebody does who knows the Space's id."""
    [token] = set(re.findall(r'name="form_token" value="(\w+)"', page.text))
    fields = {"form_token": token, "earlier": space or "", "name": "Mine", "ends_on": "2027-03-31", "time_zone": "UTC"}
    return browser.post(f"{page.url.rstrip('/')}/space/last-term", fields)


@pytest.mark.parametrize("parameter", ["context_history", "link_history"])
def test_a_typed_history_brings_the_objectives_and_no_notes_for_staff(school: Campus, parameter: str) -> None:
    known_by(school)
    space_with_notes(school)
    school.do_jobs()
    typed(school, **{parameter: f"17,18,{biology(school)}"})  # the link in the menu is named like its course

    _, offer = school.open("data-literacy", "kwame")
    teacher, brought = bring(school, school.lms.world.courses["data-literacy"], "kwame")

    assert OFFER in words(offer)
    assert STAY_BEHIND in words(offer)
    assert "1 objective with its badge" in words(offer)
    assert objectives(school) == [("Explore the lab", "Show your notes.", "")]
    page = follow(teacher, brought, "Explore the lab")
    assert heading(page) == "Explore the lab"
    assert NOTES not in page.text


def test_whoever_ran_the_earlier_space_brings_their_notes_by_the_same_word(school: Campus) -> None:
    known_by(school)
    space_with_notes(school)
    typed(school, teacher="helena", context_history=biology(school))

    _, offer = school.open("data-literacy", "helena")
    bring(school, school.lms.world.courses["data-literacy"])

    assert OFFER in words(offer)
    assert STAY_BEHIND not in words(offer)
    assert objectives(school) == [("Explore the lab", "Show your notes.", NOTES)]


def test_whoever_came_to_the_earlier_course_as_its_teacher_brings_the_notes_too(school: Campus) -> None:
    known_by(school)
    space_with_notes(school)
    school.open("biology", "kwame")
    typed(school, context_history=biology(school))

    bring(school, school.lms.world.courses["data-literacy"], "kwame")

    assert objectives(school) == [("Explore the lab", "Show your notes.", NOTES)]


def test_to_stand_on_the_course_list_is_not_to_have_run_its_space(school: Campus) -> None:
    """The roster gives nobody authority (decision 7)."""
    known_by(school)
    space_with_notes(school)
    school.do_jobs()
    typed(school, context_history=biology(school))

    bring(school, school.lms.world.courses["data-literacy"], "kwame")

    assert objectives(school) == [("Explore the lab", "Show your notes.", "")]


def test_a_notice_of_the_platform_brings_a_colleague_everything(school: Campus) -> None:
    known_by(school, "notice", "history")
    space_with_notes(school)
    school.do_jobs()
    copy = next_term(school)
    school.do_jobs()

    _, offer = school.open(copy.key, "kwame")
    bring(school, copy, "kwame")

    assert {how for how, _ in noted(copy)} >= {"notice", "history"}
    assert STAY_BEHIND not in words(offer)
    assert objectives(school, copy.key) == [("Explore the lab", "Show your notes.", NOTES)]


def test_columns_that_the_platform_copied_bring_a_colleague_everything(school: Campus) -> None:
    known_by(school, "history")
    teacher, overview = space_with_notes(school)
    school.do_jobs()
    mark_complete(teacher, overview, "Siobhán O'Connor")
    school.do_jobs()
    copy = next_term(school)
    assert columns(school, copy)

    browser, first = school.open(copy.key, "kwame")
    school.do_jobs()
    second = browser.get(first.url)
    bring(school, copy, "kwame")

    assert STAY_BEHIND in words(first)
    assert "asking the LMS whether this course was copied" in words(first), "so it is worth a second look"
    assert STAY_BEHIND not in words(second)
    assert "asking the LMS" not in words(second)
    assert objectives(school, copy.key) == [("Explore the lab", "Show your notes.", NOTES)]


def test_what_lies_behind_a_typed_course_is_no_better_known_than_that_course(school: Campus) -> None:
    """The platform says that the second course is a copy of the first; that his is one of the second, he alone does."""
    known_by(school, "notice")
    space_with_notes(school)
    school.do_jobs()
    second = next_term(school)
    school.do_jobs()
    typed(school, context_history=second.context_id)

    _, offer = school.open("data-literacy", "kwame")
    bring(school, school.lms.world.courses["data-literacy"], "kwame")

    assert {how for how, _ in noted(second)} == {"notice"}
    assert STAY_BEHIND in words(offer)
    assert objectives(school) == [("Explore the lab", "Show your notes.", "")]


def another_issuer(school: Campus) -> str:
    with transaction():
        return create_issuer(
            organization=school.organization, name="Faculty of Medicine", url="https://medicine.example",
            email="badges@medicine.example",
        ).id  # fmt: skip


def test_a_typed_history_gives_nobody_the_badges_of_another_issuer(school: Campus) -> None:
    known_by(school)
    space_with_notes(school)
    faculty = another_issuer(school)
    with transaction():
        db.session.execute(update(Space).values(issuer_id=faculty))
        db.session.execute(update(BadgeClass).values(issuer_id=faculty))
    typed(school, context_history=biology(school))

    attacker, page = school.open("data-literacy", "kwame")
    refused = post_anyway(school, attacker, page, space_of(school.lms.world.courses["biology"]))
    _, offered = school.open("data-literacy", "helena")

    assert OFFER not in words(page)
    assert BRING not in buttons(page)
    assert (refused.status_code, space_of(school.lms.world.courses["data-literacy"])) == (404, None)
    assert OFFER in words(offered), "who has run it brings it as before"


def test_nor_does_one_that_names_a_space_which_gives_some_of_them(school: Campus) -> None:
    known_by(school)
    space_of_last_term(school, "Explore the lab", "Dissect a heart")
    faculty, theirs = another_issuer(school), space_of(school.lms.world.courses["biology"])
    with transaction():
        db.session.execute(
            update(BadgeClass)
            .where(BadgeClass.id.in_(select(Objective.badge_id).where(Objective.title == "Dissect a heart")))
            .values(issuer_id=faculty)
        )
        pathway = Pathway(issuer_id=faculty, name="Surgeon")
        db.session.add(pathway)
        db.session.flush()
        db.session.add(SpacePathway(space_id=theirs, pathway_id=pathway.id))
    typed(school, context_history=biology(school))

    _, offer = school.open("data-literacy", "kwame")
    bring(school, school.lms.world.courses["data-literacy"], "kwame")

    assert "1 objective with its badge" in words(offer)
    assert "1 pathway" not in words(offer)
    assert [title for title, _, _ in objectives(school)] == ["Explore the lab"]
    mine = space_of(school.lms.world.courses["data-literacy"])
    assert db.session.scalars(select(SpacePathway.space_id).where(SpacePathway.space_id == mine)).all() == []


def test_a_space_of_another_organization_is_out_of_reach_of_whatever_is_typed(school: Campus) -> None:
    """Two schools share one client id, each with a deployment of its own."""
    known_by(school)
    space_with_notes(school)
    other = make_organization()
    with transaction():
        db.session.add(Deployment(registration_id=school.registration, deployment_id="2", organization_id=other))
    school.lms.tools.first.deployment_id = "2"
    typed(school, context_history=biology(school), link_history=biology(school))

    attacker, page = school.open("data-literacy", "kwame")
    refused = post_anyway(school, attacker, page, space_of(school.lms.world.courses["biology"]))

    assert noted(school.lms.world.courses["data-literacy"]) == {("history", biology(school))}
    assert OFFER not in words(page)
    assert (refused.status_code, space_of(school.lms.world.courses["data-literacy"])) == (404, None)
    assert db.session.query(CourseKey).count() == 2
