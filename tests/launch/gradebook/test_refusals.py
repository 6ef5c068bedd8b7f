"""What the LMS says no to, forgets, or answers too late, and that nothing is lost, doubled or erased by it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.asking import send_ours
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.sending import RUN, send_again
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import Score as Shown
from tests.launch.gradebook.moody_lms import Moods, Seen, said
from tests.launch.gradebook.term import Term
from tests.make.hands import follow, press

WITHOUT_RESULTS = [words.LINE_ITEM_SCOPE, words.SCORE_SCOPE]


def may(*scopes: str) -> None:
    """From now on the platform allows these scopes in the course."""
    with transaction():
        db.session.execute(update(CourseKey).values(grade_scopes=list(scopes)))


def wait_of(term: Term) -> timedelta:
    """How long the course's job waits before it tries again."""
    key = f"gradebook.send:{term.course}"
    [run_at] = db.session.scalars(select(Job.run_at).where(Job.unique_key == key, Job.finished_at.is_(None)))
    return run_at - clock.now()


def when_it_has_rested() -> None:
    with transaction():
        db.session.execute(update(LineItem).where(LineItem.try_again_at.is_not(None)).values(try_again_at=clock.now()))


def until_it_rests(term: Term) -> None:
    for _ in range(2):
        sweep()
        term.do_jobs()
    assert rest_of(term) > timedelta(minutes=5)


def rest_of(term: Term) -> timedelta:
    """How long the column is not asked for."""
    at = term.item().try_again_at
    db.session.rollback()  # else this test goes on reading what it has read now
    assert at is not None
    return at - clock.now()


def press_send_again(term: Term) -> None:
    with transaction():
        send_again(term.course)
    sweep()
    term.do_jobs()


def grade_by_teacher(term: Term, learner: str, given: float, at: datetime) -> None:
    """A teacher writes another grade into the column, at the LMS."""
    [column] = term.columns
    sub = term.school.lms.world.people[learner].sub
    term.school.lms.gradebook.record(column, Shown(sub, given, 1, None, "Completed", "FullyGraded", at))


def test_a_token_that_runs_out_is_fetched_again(term: Term, moods: Moods) -> None:
    moods.instead["POST /scores"] = [said(401, {"message": "token expired"})]

    term.complete("amelie", "ngozi")
    term.do_jobs()

    assert sorted(term.handed_in) == [("amelie", 1, 1), ("ngozi", 1, 1)]
    assert len(moods.of("POST", "token")) == 3


@pytest.mark.parametrize(("status", "code"), [(429, "service_busy"), (503, "service_unreachable")])
def test_a_busy_or_broken_lms_is_tried_again_when_it_says(term: Term, moods: Moods, status: int, code: str) -> None:
    moods.instead["POST /scores"] = [said(status, "<h1>Later</h1>", Retry_After="120")]

    term.complete("amelie", "ngozi")
    term.do_jobs()

    assert (term.handed_in, set(term.states().values())) == ([], {"waiting"})
    assert term.item().problem == code
    assert timedelta(seconds=110) < wait_of(term) < timedelta(seconds=125)

    term.do_jobs_later()

    assert sorted(term.handed_in) == [("amelie", 1, 1), ("ngozi", 1, 1)]
    assert (term.item().problem, term.item().troubled_since) == (None, None)


def test_a_platform_that_stays_away_is_asked_less_and_less_often(term: Term, moods: Moods) -> None:
    moods.instead["POST token"] = [said(500) for _ in range(3)]
    term.complete("amelie")
    waits = []
    for hours in (0, 2, 100):
        with transaction():
            ago = clock.now() - timedelta(hours=hours)
            db.session.execute(update(LineItem).where(LineItem.troubled_since.is_not(None)).values(troubled_since=ago))
        term.do_jobs_later()
        waits.append(wait_of(term))

    assert waits[0] < timedelta(minutes=1) < timedelta(hours=1) < waits[1] < timedelta(hours=3) < waits[2]
    assert waits[2] <= timedelta(hours=6, seconds=2)

    term.do_jobs_later()
    assert term.handed_in == [("amelie", 1, 1)]


def test_a_score_that_always_breaks_the_lms_holds_back_nobody_else(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    moods.instead["POST /scores"] = [said(500)]
    term.do_jobs()
    term.complete("ngozi", "dmitri")

    breaks_it = term.school.lms.world.people["amelie"].sub.encode()

    def break_down(request: Seen) -> None:
        moods.instead["POST /scores"] = [said(500)] if breaks_it in request.body else []

    moods.before = break_down
    term.do_jobs_later()

    assert sorted(term.handed_in) == [("dmitri", 1, 1), ("ngozi", 1, 1)]
    assert term.states()["amelie"] == "waiting"


def test_a_refusal_for_one_person_is_told_in_plain_words_and_stops_nobody(term: Term, moods: Moods) -> None:
    term.school.lms.world.courses["biology"].enrolments["amelie"].status = "Inactive"

    term.complete("amelie", "ngozi")
    term.do_jobs()

    assert term.handed_in == [("ngozi", 1, 1)]
    refused = term.scores()["amelie"]
    assert (refused.state, refused.problem) == ("refused", "score_refused")
    assert refused.problem_said == "userId is not an active learner of the course"
    before = len(moods.seen)

    sweep()
    term.do_jobs_later()
    assert len(moods.seen) == before

    term.school.lms.world.courses["biology"].enrolments["amelie"].status = "Active"
    press_send_again(term)
    assert term.states() == {"amelie": "sent", "ngozi": "sent"}


def test_canvas_says_why_in_an_object(term: Term, moods: Moods) -> None:
    why = {"errors": {"type": "unprocessable_entity", "message": "User not found in course or is not a student"}}
    moods.instead["POST /scores"] = [said(422, why)]

    term.complete("amelie")
    term.do_jobs()

    assert term.scores()["amelie"].problem_said == "User not found in course or is not a student"


@pytest.mark.parametrize("scopes", [words.GRADES_SCOPES, WITHOUT_RESULTS])
def test_a_crash_between_score_and_mark_gives_one_score(term: Term, moods: Moods, scopes: list[str]) -> None:
    may(*scopes)
    moods.lost["POST /scores"] = [said(502)]
    term.complete("amelie")
    term.do_jobs()
    assert (term.handed_in, term.states()) == ([("amelie", 1, 1)], {"amelie": "waiting"})

    term.do_jobs_later()

    assert (term.handed_in, term.states()) == ([("amelie", 1, 1)], {"amelie": "sent"})
    sent = moods.of("POST", "/scores")
    assert len({one.body for one in sent}) == 1
    assert len(sent) == (1 if words.RESULT_SCOPE in scopes else 2), "who may look need not say it twice"


def test_a_crash_between_column_and_note_gives_one_column(term: Term, moods: Moods) -> None:
    moods.lost["POST lineitems"] = [said(502)]
    term.complete("amelie")
    term.do_jobs()
    term.do_jobs_later()

    assert (len(term.columns), term.handed_in) == (1, [("amelie", 1, 1)])


def test_a_grade_that_a_teacher_has_changed_stays_until_staff_say_otherwise(term: Term) -> None:
    second = term.add_objective()
    term.complete("amelie")
    term.do_jobs()
    grade_by_teacher(term, "amelie", 0.9, datetime.now(UTC) + timedelta(seconds=30))

    term.complete("amelie", objective=second)
    term.do_jobs()

    shown, row = term.shown("amelie"), term.scores()["amelie"]
    assert shown is not None
    assert (shown.given, row.state, row.problem) == (0.9, "held", "grade_changed")

    press_send_again(term)
    assert term.states() == {"amelie": "held"}, "sending again what was refused is no word about it"
    with transaction():
        db.session.execute(update(Score).values(moved_at=clock.now() + timedelta(seconds=40)))
        send_ours(term.course, "held")
    term.do_jobs_later()
    shown = term.shown("amelie")
    assert shown is not None
    assert (shown.given, term.states()) == (2, {"amelie": "sent"})


def test_a_time_without_a_grade_is_passed_by_once(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    moods.instead["POST /scores"] = [said(409, {"message": "not later"})]
    term.do_jobs()

    first, second = moods.of("POST", "/scores")
    assert first.document["timestamp"] < second.document["timestamp"]
    assert (term.handed_in, term.states()) == ([("amelie", 1, 1)], {"amelie": "sent"})


def test_a_time_that_stays_in_the_way_is_told_and_not_tried_for_ever(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    moods.instead["POST /scores"] = [said(409) for _ in range(20)]
    term.do_jobs()
    sweep()
    term.do_jobs_later()

    assert (len(moods.of("POST", "/scores")), term.states()) == (2, {"amelie": "refused"})
    assert term.scores()["amelie"].problem == "grade_newer"


def test_without_leave_to_read_grades_a_newer_one_is_never_overwritten(term: Term, moods: Moods) -> None:
    may(*WITHOUT_RESULTS)
    term.complete("amelie")
    moods.instead["POST /scores"] = [said(409)]
    term.do_jobs()

    assert (term.handed_in, term.scores()["amelie"].problem) == ([], "grade_newer")


def test_a_column_that_a_teacher_has_deleted_is_not_made_again_unasked(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    term.school.lms.gradebook.remove(term.columns[0])

    term.complete("ngozi")
    term.do_jobs()
    sweep()
    term.do_jobs_later()

    assert (list(term.columns), term.item().problem) == ([], "column_gone")
    assert term.states() == {"amelie": "sent", "ngozi": "waiting"}

    press_send_again(term)

    assert term.item().problem is None
    for learner in ("amelie", "ngozi"):
        shown = term.shown(learner)
        assert shown is not None
        assert shown.given == 1


def test_somebody_whom_the_lms_calls_not_found_is_not_taken_for_the_column(term: Term, moods: Moods) -> None:
    moods.instead["POST /scores"] = [said(404, {"message": "no such user"})]
    term.complete("amelie", "ngozi")
    term.do_jobs()

    assert sorted(term.states().values()) == ["refused", "sent"]
    assert term.item().problem is None


def test_a_scope_that_was_taken_away_is_told_and_nothing_is_lost(term: Term, moods: Moods) -> None:
    moods.instead["POST token"] = [said(400, {"error": "invalid_scope"})]
    term.complete("amelie")
    term.do_jobs()

    assert (term.item().problem, term.states()) == ("scope_refused", {"amelie": "waiting"})

    sweep()
    term.do_jobs()
    assert (term.handed_in, term.item().problem) == ([("amelie", 1, 1)], None)


FOR_GOOD = [
    (403, "service_forbidden", "the administrator of the LMS"),
    (404, "service_gone", "a teacher of the course"),
    (401, "token_refused", "the administrator of the LMS"),
]


@pytest.mark.parametrize(("status", "code", "fixer"), FOR_GOOD)
def test_what_the_lms_refuses_for_good_is_asked_less_and_less_often_and_told(
    term: Term, moods: Moods, status: int, code: str, fixer: str
) -> None:
    moods.instead["GET lineitems"] = [said(status, {"message": "not here"}) for _ in range(20)]
    term.complete("amelie")
    term.do_jobs()
    assert term.item().try_again_at is None, "once may pass"
    rests = []
    for hours in (0, 0.5, 1000):
        with transaction():
            ago = clock.now() - timedelta(hours=hours)
            db.session.execute(update(LineItem).where(LineItem.refused_since.is_not(None)).values(refused_since=ago))
        when_it_has_rested()
        sweep()
        term.do_jobs()
        rests.append(rest_of(term))

    assert timedelta(minutes=7) < rests[0] < timedelta(minutes=10, seconds=1)
    assert timedelta(minutes=22) < rests[1] < timedelta(minutes=31)
    assert timedelta(minutes=44) < rests[2] < timedelta(hours=1, seconds=1)
    panel = follow(term.teacher, term.overview, "Progress").text
    assert all(words in panel for words in (code, "To be mended by " + fixer, "tried again by itself", "at once"))

    asked = len(moods.seen)
    term.complete("ngozi")
    sweep()
    term.do_jobs_later()
    assert (len(moods.seen), term.item().problem) == (asked, code), "the list of columns is everybody's"


def test_send_again_tries_at_once_what_rests(term: Term, moods: Moods) -> None:
    moods.instead["GET lineitems"] = [said(403) for _ in range(9)]
    term.complete("amelie")
    until_it_rests(term)
    moods.instead.clear()
    progress = follow(term.teacher, term.overview, "Progress")

    press(term.teacher, progress, "Send again")
    term.do_jobs()

    item = term.item()
    assert term.handed_in == [("amelie", 1, 1)]
    assert (item.problem, item.refused_since, item.try_again_at) == (None, None, None)


def test_a_launch_that_names_another_gradebook_ends_the_rest_and_one_that_says_the_same_does_not(
    term: Term, moods: Moods
) -> None:
    moods.instead["GET lineitems"] = [said(404) for _ in range(9)]
    term.complete("amelie")
    until_it_rests(term)
    moods.instead.clear()

    term.school.open("biology", "helena")
    term.do_jobs()
    still = term.item().problem
    with transaction():
        gone = f"{term.school.lms.settings.url}/courses/gone/lineitems"
        db.session.execute(update(CourseKey).values(line_items_url=gone))
    term.school.open("biology", "helena")
    term.do_jobs()

    assert still == "service_gone"
    assert (term.handed_in, term.item().problem) == ([("amelie", 1, 1)], None)


def test_only_the_link_s_own_column_may_be_used_where_none_may_be_made(term: Term, moods: Moods) -> None:
    lms = term.school.lms
    link = lms.world.courses["biology"].placements["activity"].link_id
    column = lms.gradebook.add("biology", {"label": "Activity", "scoreMaximum": 10, "resourceLinkId": link})
    only = f"{lms.settings.url}/courses/biology/lineitems/{column.id}"
    with transaction():
        db.session.execute(update(CourseKey).values(line_items_url=None, grade_scopes=[]))
    claim = {"scope": [words.SCORE_SCOPE], "lineitem": only}
    lms.faults.launch_claims = {"gradebook": claim}
    term.school.open("biology", "helena", "activity")

    term.complete("amelie")
    term.do_jobs()

    assert len(lms.gradebook.items("biology")) == 1
    shown = lms.gradebook.score(column, lms.world.people["amelie"].sub)
    assert shown is not None
    assert (shown.given, shown.result(10)) == (1, 10)
    assert moods.of("GET", "lineitems") == moods.of("POST", "lineitems") == []


def test_a_link_s_own_column_is_not_kept_where_we_may_make_one(term: Term) -> None:
    lms = term.school.lms
    link = lms.world.courses["biology"].placements["activity"].link_id
    lms.gradebook.add("biology", {"label": "Activity", "scoreMaximum": 10, "resourceLinkId": link})

    term.school.open("biology", "helena", "activity")

    assert db.session.scalars(select(CourseKey.line_item_url)).one() is None


def test_a_platform_that_takes_no_scores_gets_none(term: Term, moods: Moods) -> None:
    may(words.LINE_ITEM_SCOPE, words.RESULT_SCOPE)
    term.complete("amelie")
    sweep()
    term.do_jobs()
    assert (moods.seen, term.scores()) == ([], {})

    may(*words.GRADES_SCOPES)
    sweep()
    term.do_jobs()
    assert term.handed_in == [("amelie", 1, 1)]


@pytest.mark.parametrize("off", ["platform", "deployment"])
def test_a_platform_that_is_switched_off_is_left_alone_and_hears_it_all_afterwards(
    term: Term, moods: Moods, off: str
) -> None:
    def switch(*, on: bool) -> None:
        with transaction():
            if off == "platform":
                db.session.execute(update(Registration).values(switched_off_at=None if on else clock.now()))
            else:
                db.session.execute(update(Deployment).values(status="active" if on else "off"))

    switch(on=False)
    term.complete("amelie")
    term.do_jobs()
    assert moods.seen == []

    switch(on=True)
    sweep()
    term.do_jobs()
    assert term.handed_in == [("amelie", 1, 1)]


def test_a_page_of_html_is_no_success(term: Term, moods: Moods) -> None:
    moods.instead["POST /scores"] = [said(200, "<html><body>Please log in</body></html>")]
    term.complete("amelie")
    term.do_jobs()

    assert (term.states(), term.item().problem) == ({"amelie": "waiting"}, "service_answer")


@pytest.mark.parametrize("made", [{}, {"id": 7}, {"id": "https://evil.example/1"}])
def test_a_column_without_a_usable_address_gets_no_score(term: Term, moods: Moods, made: dict[str, object]) -> None:
    moods.instead["POST lineitems"] = [said(201, made)]
    term.complete("amelie")
    term.do_jobs()

    assert (term.handed_in, term.item().problem) == ([], "service_answer")


def test_the_address_of_a_new_column_may_stand_in_the_header(term: Term, moods: Moods) -> None:
    column = term.school.lms.gradebook.add("biology", {"label": "Ours", "scoreMaximum": 1})
    moods.instead["POST lineitems"] = [said(201, {}, Location=f"/courses/biology/lineitems/{column.id}")]
    term.complete("amelie")
    term.do_jobs()

    assert term.handed_in == [("amelie", 1, 1)]


def test_a_list_of_columns_without_an_end_is_given_up(term: Term, moods: Moods) -> None:
    url = f"{term.school.lms.settings.url}/courses/biology/lineitems"
    moods.instead["GET lineitems"] = [said(200, [], Link=f'<{url}?page=1>; rel="next"') for _ in range(3)]
    term.complete("amelie")
    term.do_jobs()

    assert (list(term.columns), term.item().problem) == ([], "service_answer")


def test_an_lms_that_will_not_change_the_maximum_gets_the_scores_all_the_same(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    moods.instead[f"PUT {column.id}"] = [said(405)]

    term.add_objective()
    term.do_jobs_later()

    assert (column.score_maximum, term.handed_in[-1]) == (1, ("amelie", 1, 2))
    assert column.id is not None
    term.complete("ngozi")
    term.do_jobs()
    assert len(moods.of("PUT", column.id)) == 1


def test_more_scores_than_one_run_takes_are_sent_in_several(
    term: Term, moods: Moods, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RUN > 2
    monkeypatch.setattr("lti_tool.launch.gradebook.sending.RUN", 2)
    learners = ("amelie", "ngozi", "dmitri", "fatima", "markup")

    term.complete(*learners)
    term.do_jobs()

    assert sorted(term.handed_in) == sorted((learner, 1, 1) for learner in learners)
