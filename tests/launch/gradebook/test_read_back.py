"""Once a night the grades are read back, and what is shown otherwise has its explanation."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import READ_BACK, read_back_by_schedule
from lti_tool.launch.gradebook.asking import keep_theirs, send_ours
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey
from lti_tool.launch.pausing import PlatformPause
from lti_tool.sandbox import vocabulary as words
from lti_tool.spaces.model import Member
from tests.launch.gradebook.moody_lms import Moods, said
from tests.launch.gradebook.term import Term
from tests.make.hands import follow
from tests.make.lms import words as words_of


def read_back(term: Term) -> None:
    read_back_by_schedule()
    term.do_jobs_later()


def drifts(term: Term) -> dict[str, str | None]:
    return {learner: score.drift for learner, score in term.scores().items()}


def type_grade(term: Term, learner: str, given: float) -> None:
    [column] = term.columns
    sub = term.school.lms.world.people[learner].sub
    term.school.lms.gradebook.grade(column, sub, given, at=datetime.now(UTC))


def jobs_waiting(kind: str = READ_BACK) -> list[Job]:
    db.session.expire_all()
    return list(db.session.scalars(select(Job).where(Job.kind == kind, Job.finished_at.is_(None))))


def test_what_is_shown_as_sent_is_no_drift_and_the_look_is_noted(term: Term) -> None:
    term.complete("amelie", "ngozi")
    term.do_jobs()

    read_back(term)

    assert drifts(term) == {"amelie": None, "ngozi": None}
    assert term.item().read_at is not None


def test_a_changed_grade_is_told_with_what_was_found_and_nothing_is_written(term: Term, moods: Moods) -> None:
    term.complete("amelie", "ngozi")
    term.do_jobs()
    type_grade(term, "amelie", 0.25)
    moods.seen.clear()

    read_back(term)

    row = term.scores()["amelie"]
    assert (row.state, row.drift, row.found_score, row.found_maximum) == ("sent", "changed", 0.25, 1)
    assert drifts(term)["ngozi"] is None
    assert moods.of("POST", "/scores") == moods.of("POST", "lineitems") == []


def test_a_column_of_another_maximum_is_rescaled_and_a_removed_grade_missing(term: Term, moods: Moods) -> None:
    term.complete("amelie", "ngozi")
    term.do_jobs()
    [column] = term.columns
    column.members["scoreMaximum"] = 20
    sub = term.school.lms.world.people["amelie"].sub
    moods.instead["GET /results"] = [said(200, [{"userId": sub, "resultScore": 20, "resultMaximum": 20}])]

    read_back(term)

    assert drifts(term) == {"amelie": "rescaled", "ngozi": "missing"}


def test_what_is_as_it_was_again_is_no_drift_any_more(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    type_grade(term, "amelie", 0.25)
    read_back(term)
    type_grade(term, "amelie", 1)
    with transaction():
        db.session.execute(update(LineItem).values(read_at=clock.now() - timedelta(days=1)))

    read_back(term)

    assert drifts(term) == {"amelie": None}


def test_a_drift_is_settled_by_sending_ours_or_leaving_theirs(term: Term) -> None:
    term.complete("amelie", "ngozi")
    term.do_jobs()
    type_grade(term, "amelie", 0.25)
    type_grade(term, "ngozi", 0.75)
    read_back(term)

    with transaction():
        send_ours(term.course, "drifted", term.scores()["amelie"].id)
        keep_theirs(term.course, "drifted", term.scores()["ngozi"].id)
    with transaction():  # the grade was typed a moment ago
        db.session.execute(update(Job).values(run_at=clock.now()))
    term.do_jobs_later()

    assert term.states() == {"amelie": "sent", "ngozi": "kept"}
    assert (term.shown("amelie").given, term.shown("ngozi").given) == (1, 0.75)  # type: ignore[union-attr]


def test_courses_are_read_at_different_times_of_the_night_each_once(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()

    read_back_by_schedule()
    read_back_by_schedule()

    [waiting] = jobs_waiting()
    assert timedelta(0) <= waiting.run_at - clock.now() + timedelta(seconds=5) < timedelta(hours=6, seconds=10)
    term.do_jobs_later()
    read_back_by_schedule()
    assert jobs_waiting() == [], "it has been read tonight"


def test_a_platform_that_is_away_is_read_later_and_one_that_cannot_be_read_shows_no_drift(
    term: Term, moods: Moods
) -> None:
    term.complete("amelie")
    term.do_jobs()
    moods.instead["GET /results"] = [said(503, "<h1>Away</h1>", Retry_After="120")]
    read_back(term)
    [waiting] = jobs_waiting()
    assert waiting.run_at - clock.now() > timedelta(seconds=100)
    assert db.session.scalars(select(PlatformPause)).all() != []

    moods.instead["GET /results"] = [said(404, "<h1>Not here</h1>")]
    term.do_jobs_later()
    assert (drifts(term), jobs_waiting()) == ({"amelie": None}, [])
    assert db.session.scalars(select(PlatformPause)).all() == []


def test_without_leave_to_read_grades_nothing_is_read(term: Term, moods: Moods) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values(grade_scopes=[words.LINE_ITEM_SCOPE, words.SCORE_SCOPE]))
    term.complete("amelie")
    term.do_jobs()

    read_back(term)

    assert moods.of("GET", "/results") == []


def leave(term: Term, learner: str) -> None:
    member = term.member(learner)
    with transaction():
        left = {"status": "inactive", "left_at": clock.now(), "on_board": False}
        db.session.execute(update(Member).where(Member.id == member).values(**left))


def test_of_who_has_left_no_grade_is_missed(term: Term, moods: Moods) -> None:
    """The LMS lists nobody who is no longer in the course."""
    term.complete("amelie", "ngozi")
    term.do_jobs()
    leave(term, "amelie")
    sub = term.school.lms.world.people["ngozi"].sub
    moods.instead["GET /results"] = [said(200, [{"userId": sub, "resultScore": 1, "resultMaximum": 1}])]

    read_back(term)

    assert drifts(term) == {"amelie": None, "ngozi": None}
    assert term.item().read_at is not None


def test_nobody_is_asked_about_somebody_who_has_left_since(term: Term) -> None:
    term.complete("amelie", "ngozi", "dmitri", "fatima")
    term.do_jobs()
    type_grade(term, "amelie", 0.25)
    type_grade(term, "ngozi", 0.75)
    read_back(term)
    others = {learner: term.scores()[learner].id for learner in ("dmitri", "fatima")}
    with transaction():
        for learner, state in (("dmitri", "held"), ("fatima", "refused")):
            db.session.execute(update(Score).where(Score.id == others[learner]).values(state=state))
    for learner in ("amelie", "dmitri", "fatima"):
        leave(term, learner)

    progress = follow(term.teacher, term.overview, "Progress")
    page = words_of(follow(term.teacher, progress, "Gradebook: 1 grade asks for you"))
    with transaction():
        answered = [send_ours(term.course, which) for which in ("drifted", "held", "refused")]

    assert "Ngozi Okafor" in page
    assert not [name for name in ("Amélie", "Дмитрий", "فاطمة") if name in page]
    assert "Refused 0" in page
    assert answered == [1, 0, 0]
