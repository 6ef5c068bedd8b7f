"""Item 5, course copy: a copied course begins with last term's words in one click, and what was copied leads to it."""

import re
import threading
from typing import Any

import pytest
import requests
from sqlalchemy import select, update

from lti_tool.db import db, single_read, transaction
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.rules import TAG
from lti_tool.launch.model import CourseKey
from lti_tool.people.organizations import create_organization
from lti_tool.sandbox import vocabulary
from lti_tool.spaces import copying as spaces_copying
from lti_tool.spaces.model import Member, Objective, Space
from tests.flows.copying import (
    BRING,
    OFFER,
    add_link,
    bring,
    columns,
    known_by,
    next_term,
    noted,
    space_of,
    space_of_last_term,
)
from tests.flows.picking import REVIEW, send
from tests.flows.steps import create_space, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.lms import Campus, words


def test_the_first_teacher_in_a_copied_course_brings_last_terms_words_in_one_click(school: Campus) -> None:
    old, overview = space_of_last_term(school, "Explore the lab", "Write a report")
    school.do_jobs()
    mark_complete(old, overview, "Siobhán O'Connor")
    copy = next_term(school)

    teacher, offer = school.open(copy.key, "helena")
    brought = press(teacher, offer, BRING)

    assert heading(offer) == "Create the Space of this course"
    assert OFFER in words(offer)
    assert "the one with the Space Biology 101" in words(offer)
    assert "2 objectives with their badges" in words(offer)
    assert "0 pathways" not in words(offer), "what is not there is not offered"
    assert "Or copy an earlier Space" not in words(offer), "and nothing is offered twice"
    assert heading(brought) == "Overview"
    assert "Explore the lab" in words(brought)
    assert "Write a report" in words(brought)
    assert "2 objectives came along from last term, and no people." in words(brought)
    space = db.session.get_one(Space, space_of(copy))
    assert space.name == "Biology 101, next term"
    assert [(one.role, one.completed) for one in db.session.scalars(select(Member).where(Member.space_id == space.id))]\
        == [("staff", 0)]  # fmt: skip


def test_the_people_of_the_new_term_come_with_their_own_roster(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school, learners=("siobhan", "amelie"))

    teacher, overview = bring(school, copy)
    school.do_jobs()

    assert "2 learners" in words(follow(teacher, teacher.get(overview.url), "Members"))


def test_the_end_of_the_new_term_is_guessed_and_can_be_said(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    copy.ends = None

    teacher, offer = school.open(copy.key, "helena")
    wrong = press(teacher, offer, BRING, ends_on="2020-01-01")
    press(teacher, wrong, BRING, ends_on="2027-03-31")

    assert (wrong.status_code, "The end date has passed" in words(wrong)) == (422, True)
    assert f"{db.session.get_one(Space, space_of(copy)).ends_on}" == "2027-03-31"


def test_a_course_that_is_no_copy_is_offered_nothing(school: Campus) -> None:
    space_of_last_term(school)

    teacher, offer = school.open("data-literacy", "helena")

    assert OFFER not in words(offer)
    assert BRING not in buttons(offer)
    assert heading(press(teacher, offer, "Create the Space")) == "Overview"


def test_starting_empty_stays_beside_the_offer(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)

    teacher, offer = school.open(copy.key, "helena")
    empty = press(teacher, offer, "Create the Space")

    assert "Or start empty" in words(offer)
    assert "Explore the lab" not in words(empty)


@pytest.mark.parametrize("way", ["notice", "history", "link"])
def test_a_copy_is_known_in_each_way_alone(school: Campus, way: str) -> None:
    known_by(school, way)
    school.lms.faults.without_gradebook = True
    space_of_last_term(school)
    school.do_jobs()
    copy = next_term(school)
    school.do_jobs()

    _, offer = school.open(copy.key, "helena")

    assert OFFER in words(offer)
    assert {how for how, _ in noted(copy)} == {way}


def test_a_copy_is_known_by_its_columns_alone(school: Campus) -> None:
    known_by(school)
    old, overview = space_of_last_term(school)
    school.do_jobs()
    mark_complete(old, overview, "Siobhán O'Connor")
    school.do_jobs()
    copy = next_term(school)

    teacher, first = school.open(copy.key, "helena")
    school.do_jobs()
    second = teacher.get(first.url)

    assert OFFER not in words(first)
    assert "asking the LMS whether this course was copied" in words(first)
    assert OFFER in words(second)
    assert {how for how, _ in noted(copy)} == {"columns"}
    assert "asking the LMS" not in words(second)


def test_columns_of_somebody_else_make_no_copy(school: Campus) -> None:
    known_by(school)
    space_of_last_term(school)
    for number, resource in enumerate(("f" * 32, "quiz-7", "x" * 300)):
        school.lms.gradebook.add(
            "data-literacy", {"label": f"Other {number}", "scoreMaximum": 1, "resourceId": resource, "tag": TAG}
        )

    teacher, first = school.open("data-literacy", "helena")
    school.do_jobs()

    assert OFFER not in words(teacher.get(first.url))


def test_a_history_that_was_not_resolved_names_nobody(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    known_by(school)
    school.lms.faults.launch_claims = {
        "custom": {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}
    }

    school.open(copy.key, "siobhan")

    assert noted(copy) == set()


def test_of_several_origins_the_nearest_with_a_space_counts(school: Campus) -> None:
    known_by(school, "history")
    space_of_last_term(school, "First term")
    unused = next_term(school)
    third = next_term(school, unused.key)

    _, offer = school.open(third.key, "helena")
    _, brought = bring(school, unused)
    _, nearer = school.open(third.key, "helena")

    assert "the one with the Space Biology 101 " in words(offer) + " "
    assert "First term" in words(brought)
    assert "the one with the Space Biology 101, next term" in words(nearer)


def test_a_chain_of_notices_leads_to_the_first_space(school: Campus) -> None:
    known_by(school, "notice")
    space_of_last_term(school)
    school.do_jobs()
    unused = next_term(school)
    third = next_term(school, unused.key)
    school.do_jobs()

    _, offer = school.open(third.key, "helena")

    assert OFFER in words(offer)


def test_a_space_of_another_organization_is_not_offered(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    with transaction():
        other = create_organization(name="Another school").id
        db.session.execute(update(Space).values(organization_id=other))

    _, offer = school.open(copy.key, "helena")

    assert OFFER not in words(offer)


def test_a_space_that_was_deleted_is_not_offered(school: Campus) -> None:
    old, overview = space_of_last_term(school)
    copy = next_term(school)
    deleting = follow(old, follow(old, overview, "Settings"), "Delete")
    press(old, deleting, "Delete the Space for good", name="Biology 101")

    _, offer = school.open(copy.key, "helena")

    assert OFFER not in words(offer)


def test_only_a_space_that_the_platform_names_can_be_brought(school: Campus) -> None:
    space_of_last_term(school)
    create_space(school, "data-literacy")
    copy = next_term(school)
    stranger = space_of(school.lms.world.courses["data-literacy"])

    teacher, offer = school.open(copy.key, "helena")
    for other in (stranger, "f" * 32, ""):
        refused = press(teacher, offer, BRING, earlier=other)
        assert (refused.status_code, space_of(copy)) == (404, None)


def test_nobody_but_a_teacher_is_offered_it(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    teacher, offer = school.open(copy.key, "helena")

    student, waiting = school.open(copy.key, "siobhan")
    assistant, page = school.open(copy.key, "jun")

    assert heading(waiting) == "Your teacher is still setting this up"
    for browser, here in ((student, waiting), (assistant, page)):
        assert BRING not in buttons(here)
        [token] = set(re.findall(r'name="form_token" value="(\w+)"', here.text))
        refused = browser.post(f"{here.url.rstrip('/')}/space/last-term", {"form_token": token})
        assert (refused.status_code, heading(refused)) == (403, "Your role does not include this")
    assert BRING in buttons(teacher.get(offer.url))


def test_the_click_can_be_undone_and_is_offered_again(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    teacher, brought = bring(school, copy)
    school.do_jobs()

    undone = press(teacher, brought, "Undo")
    again = press(teacher, undone, BRING)

    assert heading(undone) == "Create the Space of this course"
    assert OFFER in words(undone)
    assert "Explore the lab" in words(again)
    assert db.session.query(Space).count() == 2


def test_the_click_cannot_be_undone_once_somebody_has_something(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    teacher, brought = bring(school, copy)
    school.do_jobs()
    mark_complete(teacher, brought, "Siobhán O'Connor")

    refused = press(teacher, brought, "Undo")
    later = teacher.get(brought.url)

    assert (refused.status_code, heading(refused)) == (409, "This Space cannot be deleted")
    assert "Undo" not in buttons(later)
    assert space_of(copy) is not None


def test_two_teachers_who_click_at_once_make_one_space(school: Campus) -> None:
    space_of_last_term(school)
    copy = next_term(school)
    offers = [school.open(copy.key, person) for person in ("helena", "kwame")]
    pages: list[requests.Response] = []

    def click(browser: object, offer: requests.Response) -> None:
        pages.append(press(browser, offer, BRING))  # type: ignore[arg-type]

    threads = [threading.Thread(target=click, args=one) for one in offers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [heading(page) for page in pages] == ["Overview", "Overview"]
    db.session.rollback()
    assert db.session.query(Space).count() == 2
    assert db.session.query(Objective).filter_by(space_id=space_of(copy)).count() == 1


def test_nobody_ever_sees_half_of_it(school: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it is one transaction: what fails on its way leaves nothing, and learners wait as before."""
    space_of_last_term(school, "Explore the lab", "Write a report")
    copy = next_term(school)
    teacher, offer = school.open(copy.key, "helena")
    real, seen_outside = spaces_copying.create_objective, list[str | None]()

    def breaks(*args: Any, **kwargs: Any) -> Objective:
        with single_read() as outside:
            reached = select(CourseKey.space_id).where(CourseKey.context_id == copy.context_id)
            seen_outside.append(outside.execute(reached).scalar())
        if len(seen_outside) == 2:
            raise Problem("unavailable")
        return real(*args, **kwargs)

    monkeypatch.setattr(spaces_copying, "create_objective", breaks)
    refused = press(teacher, offer, BRING)
    monkeypatch.undo()

    assert seen_outside == [None, None]
    assert refused.status_code == 503
    assert space_of(copy) is None
    assert heading(school.open(copy.key, "siobhan")[1]) == "Your teacher is still setting this up"
    assert "Write a report" in words(press(teacher, offer, BRING))


def test_a_link_that_was_copied_opens_the_copy_of_its_objective(school: Campus) -> None:
    space_of_last_term(school, "Explore the lab", "Write a report")
    link = add_link(school, "Write a report")
    copy = next_term(school)

    _, before = school.open(copy.key, "siobhan", link)
    teacher, first = school.open(copy.key, "helena", link)
    press(teacher, first, BRING)
    _, opened = school.open(copy.key, "siobhan", link)

    assert heading(before) == "Your teacher is still setting this up"
    assert OFFER in words(first)
    assert heading(opened) == "Write a report"
    here = db.session.scalars(select(Objective.id).where(Objective.space_id == space_of(copy)))
    assert opened.url.rsplit("/", 1)[1] in set(here)


def test_a_link_leads_through_a_copy_of_a_copy(school: Campus) -> None:
    space_of_last_term(school)
    link = add_link(school, "Explore the lab")
    second = next_term(school)
    bring(school, second)
    third = next_term(school, second.key)
    bring(school, third)

    _, opened = school.open(third.key, "siobhan", link)

    assert heading(opened) == "Explore the lab"
    assert db.session.get_one(Objective, opened.url.rsplit("/", 1)[1]).space_id == space_of(third)


def test_a_link_of_a_course_that_started_empty_says_where_it_comes_from(school: Campus) -> None:
    space_of_last_term(school)
    link = add_link(school, "Explore the lab")
    copy = next_term(school)
    create_space(school, copy.key)

    _, page = school.open(copy.key, "siobhan", link)

    assert (page.status_code, heading(page)) == (200, "This link comes from an earlier course")


def test_the_column_that_came_along_is_taken_over_and_none_is_doubled(school: Campus) -> None:
    old, overview = space_of_last_term(school)
    school.do_jobs()
    mark_complete(old, overview, "Siobhán O'Connor")
    school.do_jobs()
    [before] = columns(school, "biology")
    before.members["https://lms.example/colour"] = "green"
    copy = next_term(school)

    teacher, brought = bring(school, copy)
    school.do_jobs()
    mark_complete(teacher, teacher.get(brought.url), "Siobhán O'Connor")
    school.do_jobs()

    [column] = columns(school, copy)
    assert column.members["resourceId"] == space_of(copy)
    assert column.members["https://lms.example/colour"] == "green"
    assert column.label == "Biology 101, next term: objectives completed"
    assert [score.given for score in school.lms.gradebook.scores(column)] == [1]
    assert [one.members["resourceId"] for one in columns(school, "biology")] == [before.members["resourceId"]]


def test_a_column_that_a_teacher_renamed_keeps_that_name(school: Campus) -> None:
    old, overview = space_of_last_term(school)
    school.do_jobs()
    mark_complete(old, overview, "Siobhán O'Connor")
    school.do_jobs()
    columns(school, "biology")[0].members["label"] = "My own words"
    copy = next_term(school)

    teacher, brought = bring(school, copy)
    school.do_jobs()
    mark_complete(teacher, teacher.get(brought.url), "Siobhán O'Connor")
    school.do_jobs()

    assert [one.label for one in columns(school, copy)] == ["My own words"]


def test_where_the_lms_lets_nobody_rename_a_column_it_is_filled_all_the_same(school: Campus) -> None:
    old, overview = space_of_last_term(school)
    school.do_jobs()
    mark_complete(old, overview, "Siobhán O'Connor")
    school.do_jobs()
    copy = next_term(school)
    school.lms.tools.first.scopes -= {vocabulary.LINE_ITEM_SCOPE}

    teacher, brought = bring(school, copy)
    school.do_jobs()
    mark_complete(teacher, teacher.get(brought.url), "Siobhán O'Connor")
    school.do_jobs()

    [column] = columns(school, copy)
    assert column.members["resourceId"] != space_of(copy)
    assert [score.given for score in school.lms.gradebook.scores(column)] == [1]


def test_the_column_of_a_copied_link_is_that_of_the_copied_objective(school: Campus) -> None:
    """Nobody need open the link first."""
    space_of_last_term(school, "Explore the lab")
    add_link(school, "Explore the lab")
    copy = next_term(school)
    [came] = columns(school, copy, tag="spaces:objective:v1")

    teacher, brought = bring(school, copy)
    school.do_jobs()
    mark_complete(teacher, teacher.get(brought.url), "Siobhán O'Connor")
    school.do_jobs()

    [column] = columns(school, copy, tag="spaces:objective:v1")
    [objective] = db.session.scalars(select(Objective.id).where(Objective.space_id == space_of(copy)))
    assert (column.id, column.members["resourceId"]) == (came.id, objective)
    assert [score.given for score in school.lms.gradebook.scores(column)] == [10]


def test_a_review_of_a_copied_column_opens_the_copied_objective(school: Campus) -> None:
    space_of_last_term(school, "Explore the lab")
    link = add_link(school, "Explore the lab")
    copy = next_term(school)
    bring(school, copy)
    school.do_jobs()
    item = columns(school, copy, resource_link_id=copy.placements[link].link_id)[0]

    _, page = send(school, REVIEW, copy.key, "helena", about="siobhan", item=item)

    [objective] = db.session.scalars(select(Objective.id).where(Objective.space_id == space_of(copy)))
    assert page.url.endswith(f"/{objective}")


def test_content_that_is_copied_into_a_course_with_a_space_is_noted_and_offers_nothing(school: Campus) -> None:
    known_by(school, "notice")
    space_of_last_term(school)
    school.do_jobs()
    create_space(school, "data-literacy")
    told = {"context": {"id": school.lms.world.courses["data-literacy"].context_id},
            "origin_contexts": [school.lms.world.courses["biology"].context_id]}  # fmt: skip
    school.lms.notices.send(school.lms.tools.first, vocabulary.COPY_NOTICE, told)
    school.do_jobs()

    _, page = school.open("data-literacy", "helena")

    assert heading(page) == "Overview"
    assert {how for how, _ in noted(school.lms.world.courses["data-literacy"])} == {"notice"}


def test_a_hidden_course_of_another_platform_is_never_an_origin(school: Campus) -> None:
    """A context id means something within one registration only."""
    space_of_last_term(school)
    with transaction():
        db.session.execute(update(CourseKey).values(context_id="7"))
    school.lms.faults.launch_claims = {"custom": {"context_history": "8,9"}}

    _, offer = school.open("data-literacy", "helena")

    assert OFFER not in words(offer)
