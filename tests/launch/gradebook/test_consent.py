"""Staff consent to what their page showed them: what the LMS shows since then is overwritten by nobody unasked."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import read_back_by_schedule
from lti_tool.launch.gradebook.model import LineItem
from tests.launch.gradebook.term import Term
from tests.make.hands import press
from tests.make.lms import words

LEARNERS = ("amelie", "ngozi", "dmitri")


def type_grade(term: Term, *learners: str, given: float) -> None:
    """A teacher writes other grades into the column, at the LMS, a while ago: the LMS takes newer scores."""
    [column] = term.columns
    for learner in learners:
        sub = term.school.lms.world.people[learner].sub
        term.school.lms.gradebook.grade(column, sub, given, at=datetime.now(UTC) - timedelta(hours=1))


def given(term: Term, *learners: str) -> list[float | None]:
    shown = [term.shown(learner) for learner in learners]
    return [one.given if one else None for one in shown]


def move(term: Term, *learners: str) -> None:
    """They go one objective back, so that there is something to send."""
    for learner in learners:
        term.take_back(learner)
    term.do_jobs_later()


def a_night_passes(term: Term) -> None:
    with transaction():
        db.session.execute(update(LineItem).values(read_at=clock.now() - timedelta(days=1)))
    read_back_by_schedule()
    term.do_jobs_later()


def open_page(term: Term) -> requests.Response:
    return term.teacher.get(f"{term.overview.url}gradebook")


@pytest.fixture
def held(term: Term) -> Term:
    """Everybody's grade was sent; those of Amélie and Ngozi were changed in the LMS since, and staff are asked."""
    second = term.add_objective()
    term.complete(*LEARNERS)
    term.complete(*LEARNERS, objective=second)
    term.do_jobs()
    type_grade(term, "amelie", "ngozi", given=0.9)
    move(term, "amelie", "ngozi")
    assert term.states() == {"amelie": "held", "ngozi": "held", "dmitri": "sent"}
    return term


@pytest.mark.parametrize(
    ("button", "state", "shown"), [("Send ours for all 2", "sent", 1), ("Keep the LMS's for all 2", "kept", 0.9)]
)
def test_an_answer_for_all_is_none_for_what_was_found_after_the_page_was_opened(
    held: Term, button: str, state: str, shown: float
) -> None:
    page = open_page(held)
    type_grade(held, "dmitri", given=0.3)
    move(held, "dmitri")

    answer = press(held.teacher, page, button)
    held.do_jobs_later()

    assert held.states() == {"amelie": state, "ngozi": state, "dmitri": "held"}
    assert given(held, *LEARNERS) == [shown, shown, 0.3]
    assert "were found after your page was opened" in words(answer)
    assert "The LMS: 0.3 of 2" in words(answer)
    press(held.teacher, answer, "Send ours: Дмитрий Соколов")
    held.do_jobs_later()
    assert given(held, "dmitri") == [1]


def test_an_answer_for_all_that_the_page_showed_is_for_all_and_nothing_is_said_to_be_new(held: Term) -> None:
    answer = press(held.teacher, open_page(held), "Send ours for all 2")
    held.do_jobs_later()

    assert set(held.states().values()) == {"sent"}
    assert "after your page was opened" not in words(answer)


def test_what_the_night_finds_as_it_was_read_is_answered_with_the_rest_and_what_is_new_is_not(term: Term) -> None:
    term.complete(*LEARNERS)
    term.do_jobs()
    type_grade(term, "amelie", "ngozi", given=0.25)
    a_night_passes(term)
    page = open_page(term)
    type_grade(term, "dmitri", given=0.75)
    a_night_passes(term)

    answer = press(term.teacher, page, "Send ours for all 2")
    term.do_jobs_later()

    assert given(term, *LEARNERS) == [1, 1, 0.75]
    assert [term.scores()[one].drift for one in LEARNERS] == [None, None, "changed"]
    assert "were found after your page was opened" in words(answer)


@pytest.mark.parametrize("button", ["Send ours: Ngozi Okafor", "Keep the LMS's: Ngozi Okafor"])
def test_a_grade_that_was_found_with_another_figure_meanwhile_is_shown_again_first(held: Term, button: str) -> None:
    page = open_page(held)
    type_grade(held, "ngozi", given=0.4)
    held.complete("ngozi")
    held.do_jobs_later()

    answer = press(held.teacher, page, button)
    held.do_jobs_later()

    assert (given(held, "ngozi"), held.states()["ngozi"]) == ([0.4], "held")
    assert "something else here than your page did, so nothing was done" in words(answer)
    assert "The LMS: 0.4 of 2" in words(answer)
    press(held.teacher, answer, "Send ours: Ngozi Okafor")
    held.do_jobs_later()
    assert (given(held, "ngozi"), held.states()["ngozi"]) == ([2], "sent")


def test_a_grade_that_was_found_with_the_same_figure_meanwhile_is_the_one_that_was_read(held: Term) -> None:
    page = open_page(held)
    held.complete("ngozi")
    held.do_jobs_later()

    answer = press(held.teacher, page, "Send ours: Ngozi Okafor")
    held.do_jobs_later()

    assert (given(held, "ngozi"), held.states()["ngozi"]) == ([2], "sent")
    assert "something else here" not in words(answer)


def test_a_form_that_does_not_say_what_was_seen_answers_nothing(held: Term) -> None:
    for button in ("Send ours for all 2", "Send ours: Ngozi Okafor"):
        answer = press(held.teacher, open_page(held), button, seen=None)
        held.do_jobs_later()
        assert "nothing was done" in words(answer).lower()

    assert given(held, "amelie", "ngozi") == [0.9, 0.9]


def test_an_answer_that_is_pressed_twice_is_given_once(held: Term) -> None:
    page = open_page(held)
    for _ in range(2):
        answer = press(held.teacher, page, "Send ours: Ngozi Okafor")
    held.do_jobs_later()

    assert (given(held, "ngozi"), held.states()["ngozi"]) == ([1], "sent")
    assert "something else here" not in words(answer)
