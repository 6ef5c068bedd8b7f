"""A grade that somebody changed in the LMS is not overwritten before staff have said so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.gradebook import read_back_by_schedule, sweep
from lti_tool.launch.gradebook.asking import keep_theirs, send_ours
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.model import CourseKey
from lti_tool.sandbox import vocabulary as words
from lti_tool.spaces.model import Objective
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term
from tests.make.hands import follow, press
from tests.make.lms import words as words_of


def type_grade(term: Term, learner: str, given: float) -> None:
    """A teacher writes another grade into the column, at the LMS, a while ago: the LMS takes newer scores."""
    [column] = term.columns
    sub = term.school.lms.world.people[learner].sub
    term.school.lms.gradebook.grade(column, sub, given, at=datetime.now(UTC) - timedelta(hours=1))


def given(term: Term, learner: str) -> float | None:
    shown = term.shown(learner)
    assert shown is not None
    return shown.given


@pytest.fixture
def changed(term: Term) -> Term:
    """Amélie's grade was sent, and then changed in the LMS; then she moves on."""
    second = term.add_objective()
    term.complete("amelie", "ngozi")
    term.do_jobs()
    type_grade(term, "amelie", 0.9)
    term.complete("amelie", objective=second)
    return term


def test_a_changed_grade_is_held_back_with_what_was_found_and_others_go(changed: Term) -> None:
    changed.complete("dmitri")
    changed.do_jobs()

    row = changed.scores()["amelie"]
    assert (row.state, row.problem, row.found_score, row.found_maximum) == ("held", "grade_changed", 0.9, 2)
    assert row.found_at is not None
    assert given(changed, "amelie") == 0.9
    assert changed.states()["dmitri"] == "sent"

    sweep()
    changed.do_jobs_later()
    assert given(changed, "amelie") == 0.9


def test_send_ours_writes_over_it_once_and_not_over_what_is_typed_afterwards(changed: Term) -> None:
    changed.do_jobs()
    with transaction():
        assert send_ours(changed.course, "held") == 1
    changed.do_jobs_later()
    assert (given(changed, "amelie"), changed.states()["amelie"]) == (2, "sent")

    type_grade(changed, "amelie", 0.1)
    changed.take_back("amelie")
    changed.do_jobs_later()

    assert (given(changed, "amelie"), changed.states()["amelie"]) == (0.1, "held")


def test_what_is_typed_between_question_and_answer_is_held_again(changed: Term) -> None:
    changed.do_jobs()
    type_grade(changed, "amelie", 0.3)
    with transaction():
        send_ours(changed.course, "held")
    changed.do_jobs_later()

    assert (given(changed, "amelie"), changed.states()["amelie"]) == (0.3, "held")
    assert changed.scores()["amelie"].found_score == 0.3


def test_a_grade_that_is_kept_stays_whatever_moves_until_ours_is_sent_after_all(changed: Term) -> None:
    changed.do_jobs()
    with transaction():
        assert keep_theirs(changed.course, "held", changed.scores()["amelie"].id) == 1
    changed.take_back("amelie")
    changed.do_jobs_later()
    sweep()
    changed.do_jobs_later()
    assert (given(changed, "amelie"), changed.states()["amelie"]) == (0.9, "kept")

    with transaction():
        send_ours(changed.course, "kept")
    changed.do_jobs_later()

    assert (given(changed, "amelie"), changed.states()["amelie"]) == (1, "sent")


@pytest.mark.parametrize("finds_out", ["the next score", "the night"])
def test_a_grade_that_is_kept_or_asked_about_shows_no_figure_of_a_column_that_was_deleted(
    changed: Term, finds_out: str
) -> None:
    type_grade(changed, "ngozi", 0.8)
    second = db.session.scalars(select(Objective.id).where(Objective.title == "Second")).one()
    changed.complete("ngozi", objective=second)
    changed.do_jobs()
    with transaction():
        keep_theirs(changed.course, "held", changed.scores()["amelie"].id)
    before = words_of(follow(changed.teacher, follow(changed.teacher, changed.overview, "Progress"), "Gradebook:"))
    changed.school.lms.gradebook.remove(changed.columns[0])
    if finds_out == "the night":
        read_back_by_schedule()
    else:
        changed.complete("dmitri")
    changed.do_jobs_later()

    progress = follow(changed.teacher, changed.overview, "Progress")
    page = words_of(follow(changed.teacher, progress, "Gradebook:"))
    assert ("The LMS: 0.9 of 2" in before, "The LMS: 0.8 of 2" in before) == (True, True)
    assert "The column is gone from the gradebook" in page
    assert "The LMS: 0." not in page
    assert page.count("The LMS shows no grade") == 2
    assert changed.states() | {"dmitri": ""} == {"amelie": "kept", "ngozi": "held", "dmitri": ""}

    press(changed.teacher, progress, "Send again")
    changed.do_jobs_later()
    new = changed.item()
    assert (new.problem, changed.states()["amelie"]) == (None, "kept"), "made anew, and still the LMS's own to fill"
    assert "The LMS: 0." not in words_of(follow(changed.teacher, changed.overview, "Progress"))


def test_a_learner_is_not_told_of_a_grade_whose_column_was_deleted(term: Term) -> None:
    term.complete("siobhan")
    term.do_jobs()
    told = words_of(term.school.open("biology", "siobhan")[1])
    term.school.lms.gradebook.remove(term.columns[0])
    read_back_by_schedule()
    term.do_jobs_later()

    gone = words_of(term.school.open("biology", "siobhan")[1])

    assert ("In the gradebook since" in told, "In the gradebook since" in gone) == (True, False)
    assert "Not in the gradebook yet. Your teacher sees why." in gone


def test_the_figure_of_a_kept_grade_follows_the_lms_night_by_night(changed: Term) -> None:
    changed.do_jobs()
    with transaction():
        keep_theirs(changed.course, "held")
    type_grade(changed, "amelie", 0.7)

    read_back_by_schedule()
    changed.do_jobs_later()

    row = changed.scores()["amelie"]
    assert (row.state, row.found_score, row.found_maximum, row.drift) == ("kept", 0.7, 2, None)


def test_a_grade_that_was_typed_before_ours_ever_came_is_held_too(term: Term) -> None:
    term.complete("ngozi")
    term.do_jobs()
    type_grade(term, "amelie", 0.4)

    term.complete("amelie")
    term.do_jobs()

    assert (given(term, "amelie"), term.states()["amelie"]) == (0.4, "held")


def test_a_grade_that_was_removed_in_the_lms_leaves_nothing_to_overwrite(term: Term, moods: Moods) -> None:
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    moods.instead["GET /results"] = [said(200, [])]

    term.complete("amelie", objective=second)
    term.do_jobs()

    assert (given(term, "amelie"), term.states()["amelie"]) == (2, "sent")


def test_another_scale_of_the_column_is_no_other_grade(term: Term) -> None:
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    column.members["scoreMaximum"] = 100

    term.complete("amelie", objective=second)
    term.do_jobs()

    assert term.states()["amelie"] == "sent"


def test_an_lms_that_promises_grades_and_gives_a_page_gets_the_scores_all_the_same(term: Term, moods: Moods) -> None:
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    moods.instead["GET /results"] = [said(404, "<h1>Not here</h1>")]

    term.complete("amelie", objective=second)
    term.do_jobs()

    assert (given(term, "amelie"), term.states()["amelie"]) == (2, "sent")


def test_an_lms_that_cannot_show_its_grades_now_is_asked_again_before_anything_is_written(
    term: Term, moods: Moods
) -> None:
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    type_grade(term, "amelie", 0.9)
    moods.instead["GET /results"] = [said(500)]

    term.complete("amelie", objective=second)
    term.do_jobs()
    assert (given(term, "amelie"), term.states()["amelie"]) == (0.9, "waiting")

    term.do_jobs_later()
    assert (given(term, "amelie"), term.states()["amelie"]) == (0.9, "held")


def test_many_are_compared_by_one_list_and_few_one_by_one(
    term: Term, moods: Moods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.launch.gradebook.columns._ASKED_ONE_BY_ONE", 1)
    second = term.add_objective()
    term.complete("amelie", "ngozi", "dmitri")
    term.do_jobs()
    type_grade(term, "ngozi", 0.9)
    moods.seen.clear()

    term.complete("amelie", "ngozi", "dmitri", objective=second)
    term.do_jobs()

    assert len(moods.of("GET", "/results")) == 1
    assert term.states() == {"amelie": "sent", "ngozi": "held", "dmitri": "sent"}


def test_a_lost_answer_is_not_asked_for_twice_where_grades_can_be_read(term: Term, moods: Moods) -> None:
    term.complete("ngozi")
    term.do_jobs()
    moods.lost["POST /scores"] = [said(502)]
    term.complete("amelie")
    term.do_jobs()
    moods.seen.clear()

    term.do_jobs_later()

    assert moods.of("POST", "/scores") == []
    assert term.states()["amelie"] == "sent"


def test_without_leave_to_read_grades_scores_go_without_looking(term: Term, moods: Moods) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values(grade_scopes=[words.LINE_ITEM_SCOPE, words.SCORE_SCOPE]))
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    term.complete("amelie", objective=second)
    term.do_jobs()

    assert (moods.of("GET", "/results"), given(term, "amelie")) == ([], 2)


def test_a_refused_timestamp_holds_what_a_teacher_typed_later(term: Term, moods: Moods) -> None:
    """The grade was typed between our look and our score."""
    term.complete("ngozi")
    term.do_jobs()
    sub = term.school.lms.world.people["amelie"].sub
    [column] = term.columns
    term.complete("amelie")

    def type_now(request: object) -> None:
        if moods.of("GET", "/results") and getattr(request, "path", "").endswith("/scores"):
            at = datetime.now(UTC) + timedelta(seconds=30)
            term.school.lms.gradebook.grade(column, sub, 0.7, at=at)
            moods.before = None

    moods.before = type_now
    term.do_jobs()

    row = term.scores()["amelie"]
    assert (given(term, "amelie"), row.state, row.found_score) == (0.7, "held", 0.7)


def test_nobody_decides_about_grades_of_another_course_or_of_no_kind(changed: Term) -> None:
    changed.do_jobs()
    with transaction():
        assert send_ours(changed.course, "held", "unknown") == 0
    with pytest.raises(Problem, match="bad_request"), transaction():
        keep_theirs(changed.course, "sent")
    assert changed.states()["amelie"] == "held"


def test_a_score_that_moved_long_ago_is_as_free_as_a_new_one(term: Term) -> None:
    term.complete("amelie")
    with transaction():
        db.session.execute(update(Score).values(moved_at=clock.now() - timedelta(days=30)))
    term.do_jobs()

    assert (given(term, "amelie"), term.states()["amelie"]) == (1, "sent")
