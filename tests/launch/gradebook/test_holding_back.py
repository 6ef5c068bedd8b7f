"""One score, one column or a slow answer holds back nobody and nothing else; and what did not leave is not taken for
tried.
"""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.gradebook import read_back_by_schedule, sweep
from lti_tool.launch.gradebook.choosing import choose
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.pausing import PlatformPause
from lti_tool.spaces.model import Space
from tests.launch.gradebook.moody_lms import Moods, Seen, said
from tests.launch.gradebook.term import Term
from tests.launch.gradebook.test_refusals import wait_of


def breaks_over(term: Term, moods: Moods, learner: str, status: int) -> None:
    """From now on the LMS answers so to every score of this learner."""
    sub = term.school.lms.world.people[learner].sub.encode()

    def answer(request: Seen) -> None:
        moods.instead["POST /scores"] = [said(status)] if sub in request.body else []

    moods.before = answer


def read_back(term: Term) -> None:
    read_back_by_schedule()
    term.do_jobs_later()


def test_the_score_that_breaks_the_lms_comes_after_those_that_had_not_left_yet(term: Term, moods: Moods) -> None:
    breaks_over(term, moods, "amelie", 500)
    term.complete("amelie", "ngozi", "dmitri")
    term.do_jobs()
    assert term.handed_in == [], "she is the first of all"

    term.do_jobs_later()

    assert sorted(term.handed_in) == [("dmitri", 1, 1), ("ngozi", 1, 1)]
    assert term.states() == {"amelie": "waiting", "ngozi": "sent", "dmitri": "sent"}


def test_somebody_whom_the_lms_forbids_to_grade_is_told_once_others_were_taken(term: Term, moods: Moods) -> None:
    """Some LMSs say 403 of one person and of a whole course: who comes first cannot tell which it is, the next can."""
    breaks_over(term, moods, "amelie", 403)
    term.complete("amelie", "ngozi", "dmitri")
    term.do_jobs()

    assert term.states() == {"amelie": "refused", "ngozi": "sent", "dmitri": "sent"}
    assert (term.scores()["amelie"].problem, term.item().problem) == ("score_refused", None)


def test_what_did_not_leave_does_not_hide_what_had_arrived(term: Term, moods: Moods) -> None:
    """Her first score arrived and its answer was lost. Her second one waits behind somebody who breaks the LMS: it may
    not make the first one look like a teacher's.
    """
    second = term.add_objective("Second")
    term.add_objective("Third")
    moods.lost["POST /scores"] = [said(502)]
    term.complete("amelie")
    term.do_jobs()
    breaks_over(term, moods, "ngozi", 500)
    term.complete("ngozi")
    term.complete("amelie", objective=second)
    term.do_jobs_later()
    assert term.handed_in == [("amelie", 1, 3)]

    term.do_jobs_later()

    assert term.states() == {"amelie": "sent", "ngozi": "waiting"}
    assert term.handed_in == [("amelie", 1, 3), ("amelie", 2, 3)]


def test_a_score_that_moves_while_its_timestamp_is_looked_into_is_not_taken_for_delivered(
    term: Term, moods: Moods
) -> None:
    second, third = term.add_objective("Second"), term.add_objective("Third")
    term.complete("amelie")
    term.do_jobs()
    term.complete("amelie", objective=second)
    moods.instead["POST /scores"] = [said(409)]

    def move(request: Seen) -> None:
        if request.method == "GET" and len(moods.of("POST", "/scores")) == 2:
            moods.before = None
            with term.school.app.app_context():
                term.complete("amelie", objective=third)
                db.session.remove()

    moods.before = move
    term.do_jobs()

    assert term.handed_in == [("amelie", 1, 3), ("amelie", 3, 3)]
    assert term.states() == {"amelie": "sent"}


def test_how_long_the_look_takes_makes_no_run_of_a_single_score(
    term: Term, moods: Moods, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = term.add_objective()
    term.complete("amelie", "ngozi", "dmitri")
    term.do_jobs()
    moods.seen.clear()
    monkeypatch.setattr("lti_tool.launch.gradebook.sending.RUN_SECONDS", 1.0)
    monkeypatch.setattr("lti_tool.launch.gradebook.columns._ASKED_ONE_BY_ONE", 0)
    term.school.lms.faults.delays["results"] = 1.2

    term.complete("amelie", "ngozi", "dmitri", objective=second)
    term.do_jobs()

    assert (len(moods.of("GET", "/results")), len(moods.of("POST", "/scores"))) == (1, 3)


def test_a_list_that_takes_for_ever_is_given_up(
    term: Term, moods: Moods, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lti_tool.launch.following.LONGEST_SECONDS", 0.2)
    url = f"{term.school.lms.settings.url}/courses/biology/lineitems"
    following = iter(range(1_000))

    def one_more(request: Seen) -> None:
        link = f'<{url}?page={next(following)}>; rel="next"'
        moods.instead["GET lineitems"] = [said(200, [], Link=link)]
        time.sleep(0.05)

    moods.before = one_more
    term.complete("amelie")
    term.do_jobs()

    assert (list(term.columns), term.item().problem) == ([], "service_slow")
    assert len(moods.of("GET", "lineitems")) < 20


def test_a_column_that_could_not_be_renamed_is_well_again_once_it_could(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    with transaction():
        db.session.execute(update(Space).values(name="Biology for all"))
    moods.instead[f"GET {column.id}"] = [said(503)]
    sweep()
    term.do_jobs()
    assert term.item().problem == "service_unreachable"

    term.do_jobs_later()

    item = term.item()
    assert column.label == item.label == "Biology for all: objectives completed"
    assert (item.problem, item.troubled_since) == (None, None)


@pytest.mark.parametrize("status", [500, 404])
def test_a_column_whose_grades_break_the_lms_is_read_back_the_next_night(
    term: Term, moods: Moods, status: int
) -> None:
    term.complete("amelie")
    term.do_jobs()
    moods.instead["GET /results"] = [said(status) for _ in range(5)]

    read_back(term)
    term.do_jobs_later()

    assert len(moods.of("GET", "/results")) == 1
    assert term.item().read_at is None


def test_after_a_wait_only_the_columns_are_read_back_that_were_not(term: Term, moods: Moods) -> None:
    second = term.add_objective()
    with transaction():
        choose(term.course, term.space, "objectives")
    term.complete("amelie")
    term.complete("ngozi", objective=second)
    term.do_jobs()
    moods.seen.clear()
    asked = iter((None, said(429, Retry_After="60")))

    def answer(request: Seen) -> None:
        found = next(asked, None) if "/results" in request.path else None
        moods.instead["GET /results"] = [found] if found else []

    moods.before = answer
    read_back(term)
    term.do_jobs_later()

    paths = [one.path.partition("?")[0] for one in moods.of("GET", "/results")]
    assert (len(paths), len(set(paths))) == (3, 2)
    assert None not in db.session.scalars(select(LineItem.read_at).where(LineItem.url.is_not(None))).all()


def trouble_began(ago: timedelta) -> None:
    with transaction():
        began = update(LineItem).where(LineItem.troubled_since.is_not(None))
        db.session.execute(began.values(troubled_since=clock.now() - ago))


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_what_one_score_breaks_for_days_keeps_the_others_waiting_for_ten_minutes_at_most(
    term: Term, moods: Moods, status: int
) -> None:
    breaks_over(term, moods, "amelie", status)
    term.complete("amelie")
    term.do_jobs()
    trouble_began(timedelta(days=2))
    term.do_jobs_later()

    term.complete("ngozi")
    wait = wait_of(term)
    term.do_jobs_later()

    assert timedelta(minutes=7) < wait < timedelta(minutes=10, seconds=2)
    assert term.states() == {"amelie": "waiting", "ngozi": "sent"}
    assert wait_of(term) < timedelta(minutes=10, seconds=2)


def test_an_lms_that_is_too_busy_for_one_score_alone_is_not_away(term: Term, moods: Moods) -> None:
    """It has taken others since, so neither the course nor the platform waits as for one that does not answer."""
    breaks_over(term, moods, "amelie", 429)
    term.complete("amelie")
    term.do_jobs()
    trouble_began(timedelta(days=2))
    term.do_jobs_later()
    before = wait_of(term)
    term.complete("ngozi")
    term.do_jobs_later()

    [paused_until] = db.session.scalars(select(PlatformPause.until))
    pause, beside_others = paused_until - clock.now(), wait_of(term)
    term.do_jobs_later()

    assert term.states() == {"amelie": "waiting", "ngozi": "sent"}
    assert before > timedelta(hours=4), "nothing told that it was not away"
    assert pause < timedelta(seconds=11)
    assert max(beside_others, wait_of(term)) < timedelta(minutes=10, seconds=2)


def test_a_column_that_the_lms_breaks_over_lets_the_next_one_go(term: Term, moods: Moods) -> None:
    second = term.add_objective()
    with transaction():
        choose(term.course, term.space, "objectives")
    term.complete("amelie")
    term.complete("ngozi", objective=second)
    breaks_over(term, moods, "amelie", 503)

    term.do_jobs()

    assert term.handed_in == [("ngozi", 10, 10)]
    assert term.states() == {"amelie": "waiting", "ngozi": "sent"}
    assert wait_of(term) < timedelta(seconds=12)


def test_columns_that_are_left_because_the_lms_breaks_slowly_are_not_asked_for_at_once(
    term: Term, moods: Moods, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = term.add_objective()
    with transaction():
        choose(term.course, term.space, "objectives")
    term.complete("amelie")
    term.complete("ngozi", objective=second)
    monkeypatch.setattr("lti_tool.launch.gradebook.sending.RUN_SECONDS", 0.3)

    def slowly(request: Seen) -> None:
        moods.instead["POST /scores"] = [said(504)]
        time.sleep(0.4 if request.path.endswith("/scores") else 0)

    moods.before = slowly
    term.do_jobs()

    assert len(moods.of("POST", "/scores")) == 1
    assert timedelta(seconds=5) < wait_of(term) < timedelta(seconds=12)


def test_a_refusal_of_all_that_begins_in_the_middle_is_no_word_about_single_people(term: Term, moods: Moods) -> None:
    """The permission is taken away while the scores go."""

    def answer(request: Seen) -> None:
        has_begun = bool(moods.of("POST", "/scores"))
        moods.instead["POST /scores"] = [said(403, {"message": "read only"})] if has_begun else []

    moods.before = answer
    term.complete("amelie", "ngozi", "dmitri", "fatima", "markup")
    term.do_jobs()

    assert len(moods.of("POST", "/scores")) == 3, "two who are refused running are enough"
    others = {"ngozi": "waiting", "dmitri": "waiting", "fatima": "waiting", "markup": "waiting"}
    assert term.states() == {"amelie": "sent", **others}
    assert (term.item().problem, term.item().problem_said) == ("service_forbidden", "read only")

    moods.before = None
    moods.instead.clear()
    sweep()
    term.do_jobs()
    assert set(term.states().values()) == {"sent"}, "and it heals by itself"
    assert term.item().problem is None


def test_people_who_are_refused_between_others_who_are_taken_are_told_of_one_by_one(term: Term, moods: Moods) -> None:
    refused = [term.school.lms.world.people[one].sub.encode() for one in ("ngozi", "fatima")]

    def answer(request: Seen) -> None:
        moods.instead["POST /scores"] = [said(403)] if any(sub in request.body for sub in refused) else []

    moods.before = answer
    term.complete("amelie", "ngozi", "dmitri", "fatima", "markup")
    term.do_jobs()

    assert [one for one, state in sorted(term.states().items()) if state == "refused"] == ["fatima", "ngozi"]
    assert (len(term.handed_in), term.item().problem) == (3, None)
