"""From a completion to the LMS's gradebook, against the sandbox LMS's real service."""

import itertools
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from lti_tool import clock, jobs
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.model import CourseKey, Identity
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.world import Person
from lti_tool.spaces import completions
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.model import Member
from tests.launch.gradebook.moody_lms import Moods, Seen
from tests.launch.gradebook.term import Term
from tests.make.crowd import together
from tests.make.space import make_member, make_objective, make_space


def test_the_first_completion_makes_the_column_and_shows_the_score(term: Term, moods: Moods) -> None:
    second = term.add_objective()

    term.complete("amelie")
    term.do_jobs()

    [column] = term.columns
    assert column.members == {
        "label": "Biology 101: objectives completed", "scoreMaximum": 2, "resourceId": term.space,
        "tag": "spaces:progress:v1",
    }  # fmt: skip
    assert term.handed_in == [("amelie", 1, 2)]
    shown = term.shown("amelie")
    assert shown is not None
    assert (shown.activity_progress, shown.grading_progress) == ("InProgress", "FullyGraded")
    assert shown.comment == "1 of 2 objectives completed"
    assert shown.submission == {}
    row = term.scores()["amelie"]
    assert (row.state, row.moved_at) == ("sent", shown.timestamp)
    assert row.sent_at is not None

    term.complete("amelie", objective=second)
    term.do_jobs()

    shown = term.shown("amelie")
    assert shown is not None
    assert (shown.given, shown.activity_progress) == (2, "Completed")
    assert len(term.columns) == 1


def test_every_request_says_what_the_specification_asks_for(term: Term, moods: Moods) -> None:
    term.complete("amelie")
    term.do_jobs()

    [looked], [made], [score] = moods.of("GET", "lineitems"), moods.of("POST", "lineitems"), moods.of("POST", "/scores")
    assert looked.headers["Accept"] == words.LINE_ITEMS_TYPE
    assert looked.path.endswith(f"?resource_id={term.space}&tag=spaces%3Aprogress%3Av1")
    assert made.headers["Content-Type"] == words.LINE_ITEM_TYPE
    assert score.headers["Content-Type"] == words.SCORE_TYPE
    assert set(score.document) == {
        "userId", "scoreGiven", "scoreMaximum", "activityProgress", "gradingProgress", "timestamp", "comment",
    }  # fmt: skip
    assert score.document["timestamp"].endswith("Z")
    assert "." in score.document["timestamp"]
    asked = [one.body.decode() for one in moods.of("POST", "token")]
    assert [body.count("scope%2F") for body in asked] == [1, 1]
    assert "scope%2Flineitem" in asked[0]
    assert "scope%2Fscore" in asked[1]


def test_no_column_before_somebody_has_something_to_show(term: Term, moods: Moods) -> None:
    sweep()
    term.do_jobs()

    assert (list(term.columns), moods.seen) == ([], [])


def test_a_completion_that_is_taken_back_takes_the_score_with_it(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()

    term.take_back("amelie")
    term.do_jobs()

    assert term.handed_in == [("amelie", 1, 1), ("amelie", 0, 1)]
    shown = term.shown("amelie")
    assert shown is not None
    assert (shown.activity_progress, shown.grading_progress) == ("InProgress", "FullyGraded")


def test_what_was_taken_back_before_anything_was_sent_makes_no_column(term: Term) -> None:
    with transaction():
        db.session.execute(update(CourseKey).values(grade_scopes=[]))
    term.complete("amelie")
    with transaction():
        db.session.execute(update(CourseKey).values(grade_scopes=list(words.GRADES_SCOPES)))

    term.take_back("amelie")
    term.do_jobs()

    assert (list(term.columns), db.session.scalars(select(Score)).all()) == ([], [])


def test_timestamps_of_one_person_grow_by_whole_seconds_and_nobody_elses_do(term: Term) -> None:
    for _ in range(3):
        term.complete("amelie", "ngozi")
        term.take_back("amelie")
        term.take_back("ngozi")
        term.do_jobs()

    times: dict[str, list[datetime]] = {}
    for _, one in term.school.lms.gradebook.history:
        times.setdefault(one.sub, []).append(one.timestamp)
    assert len(times) == 2
    for seen in times.values():
        assert len(seen) == 3
        assert all(later - before >= timedelta(seconds=1) for before, later in itertools.pairwise(seen))
        assert seen[-1] <= datetime.now(UTC) + timedelta(seconds=60)


def test_a_timestamp_too_far_ahead_waits_for_its_time(term: Term) -> None:
    term.complete("amelie")
    with transaction():
        db.session.execute(update(Score).values(moved_at=clock.now() + timedelta(minutes=5)))
    term.do_jobs()
    assert term.handed_in == []
    [waiting] = db.session.scalars(select(Job).where(Job.kind == "gradebook.send", Job.finished_at.is_(None)))
    assert timedelta(minutes=3) < waiting.run_at - clock.now() < timedelta(minutes=5)

    with transaction():
        db.session.execute(update(Score).values(moved_at=clock.now() + timedelta(seconds=50)))
    term.do_jobs_later()

    assert term.handed_in == [("amelie", 1, 1)]


def test_two_jobs_at_once_make_one_column(term: Term, moods: Moods) -> None:
    def slowly(request: Seen) -> None:
        time.sleep(0.2 if request.method == "GET" else 0)

    moods.before = slowly
    term.complete("amelie")
    first = job_of(term.course)
    with transaction():  # a worker has begun it, so the next score asks for another one
        db.session.execute(update(Job).where(Job.id == first).values(lease_holder="a worker"))
    term.complete("ngozi")
    second = job_of(term.course)
    with transaction():
        db.session.execute(update(Job).where(Job.id == first).values(lease_holder=None, unique_key=None))
        db.session.execute(update(Job).where(Job.id == second).values(lease_holder="nobody yet"))
        db.session.execute(update(Job).where(Job.id == first).values(unique_key=f"gradebook.send:{term.course}"))
    assert first != second

    together(term.school.app, [partial(jobs.run_job, first), partial(jobs.run_job, second)])
    term.do_jobs_later()

    assert len(term.columns) == 1
    assert sorted(term.handed_in) == [("amelie", 1, 1), ("ngozi", 1, 1)]


def job_of(course: str) -> str:
    """The job that waits to send the course's scores."""
    key = f"gradebook.send:{course}"
    return db.session.scalars(select(Job.id).where(Job.unique_key == key, Job.lease_holder.is_(None))).one()


def test_a_column_that_is_there_already_is_taken(term: Term) -> None:
    lms = term.school.lms.gradebook
    for number in range(70):
        lms.add("biology", {"label": f"Essay {number}", "scoreMaximum": 5, "resourceId": f"essay-{number}"})
    kept = lms.add(
        "biology",
        {"label": "Renamed", "scoreMaximum": 20, "resourceId": term.space, "tag": "spaces:progress:v1"},
    )

    term.complete("amelie")
    term.do_jobs()

    assert len(term.columns) == 71
    assert [item for item, _ in lms.history] == [kept.id]
    assert (kept.label, kept.score_maximum) == ("Renamed", 20)
    assert lms.scores(kept)[0].result(20) == 20


@pytest.mark.parametrize("style", ["plain", "unquoted", "relative", "punctuated"])
def test_a_platform_that_ignores_the_filters_is_read_to_the_last_page(
    term: Term, monkeypatch: pytest.MonkeyPatch, style: str
) -> None:
    lms = term.school.lms
    lms.faults.link_style = style  # type: ignore[assignment]
    for number in range(70):
        lms.gradebook.add("biology", {"label": f"Essay {number}", "scoreMaximum": 5})
    kept = lms.gradebook.add(
        "biology", {"label": "Ours", "scoreMaximum": 1, "resourceId": term.space, "tag": "spaces:progress:v1"}
    )
    listed = lms.gradebook.items
    monkeypatch.setattr(lms.gradebook, "items", lambda course, **_filters: listed(course))

    term.complete("amelie")
    term.do_jobs()

    assert [item for item, _ in lms.gradebook.history] == [kept.id]


def test_somebody_elses_column_of_the_same_tag_is_not_ours(term: Term) -> None:
    lms = term.school.lms.gradebook
    lms.add("biology", {"label": "Other", "scoreMaximum": 1, "resourceId": "elsewhere", "tag": "spaces:progress:v1"})
    lms.add("biology", {"label": "Mine", "scoreMaximum": 1, "resourceId": term.space, "tag": "somebody else's"})

    term.complete("amelie")
    term.do_jobs()

    assert len(term.columns) == 3


def test_an_added_objective_counts_for_those_who_have_a_score_and_nobody_else(term: Term) -> None:
    term.complete("amelie")
    term.do_jobs()
    [column] = term.columns
    column.members["https://lms.example/extension"] = {"kept": True}

    term.add_objective("Second")
    term.add_objective("Third")
    term.do_jobs_later()

    assert term.handed_in == [("amelie", 1, 1), ("amelie", 1, 3)]
    assert column.score_maximum == 3
    assert column.members["https://lms.example/extension"] == {"kept": True}
    assert (column.label, column.members["resourceId"]) == ("Biology 101: objectives completed", term.space)
    assert set(term.states()) == {"amelie"}


def test_an_open_place_that_finds_its_person_is_settled_by_the_sweep(term: Term) -> None:
    with transaction():
        place = add_by_email(term.space, email="late@sandbox.example.edu").id
        completions.complete(objective_id=term.objective, member_id=place, by=None)
    assert db.session.scalars(select(Score)).all() == []

    school = term.school
    late = school.lms.world.add_person(Person("late", "Late", "Comer", "late@sandbox.example.edu"))
    school.lms.world.enrol("biology", late.key, words.LEARNER)
    school.open("biology", "late")
    sweep()
    term.do_jobs()

    assert term.handed_in == [("late", 1, 1)]


def test_somebody_without_an_account_in_this_lms_waits(term: Term) -> None:
    stranger = make_member(term.space, term.school.organization, "Ada Lovelace")
    with transaction():
        completions.complete(objective_id=term.objective, member_id=stranger, by=None)
    term.do_jobs()
    assert list(term.columns) == []

    sub, person = term.school.lms.world.people["amelie-2"].sub, db.session.get_one(Member, stranger).person_id
    with transaction():
        db.session.execute(update(Identity).where(Identity.sub == sub).values(person_id=person))
    sweep()
    term.do_jobs()

    assert term.handed_in == [("amelie-2", 1, 1)]


def test_a_test_user_and_staff_are_never_sent(term: Term) -> None:
    term.complete("amelie", "ngozi", "dmitri")
    for learner, change in (("amelie", {"status": "preview"}), ("ngozi", {"role": "staff"})):
        member = term.member(learner)
        with transaction():
            db.session.execute(update(Member).where(Member.id == member).values(**change))
    term.do_jobs()
    sweep()
    term.do_jobs()

    assert term.handed_in == [("dmitri", 1, 1)]


def test_a_space_without_an_lms_writes_no_score_and_asks_for_nothing(organization: str) -> None:
    space = make_space(organization)
    member, objective = make_member(space, organization), make_objective(space, organization)

    with transaction():
        completions.complete(objective_id=objective, member_id=member, by=None)

    assert (db.session.scalars(select(Score)).all(), db.session.scalars(select(Job)).all()) == ([], [])
