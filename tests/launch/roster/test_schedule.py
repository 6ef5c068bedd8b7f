"""Rosters are read by the clock, by a launch that finds them old, and by one worker at a time."""

import random
import threading
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool import clock, jobs
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.jobs.queue import due_jobs, run_job
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead
from lti_tool.launch.roster import ask_by_schedule, ask_for_roster
from lti_tool.launch.roster.asking import ask_if_stale, next_reading
from lti_tool.spaces.model import Space
from tests.launch.roster.readings import ask, members, sync
from tests.launch.roster.roster_server import RosterServer, answer, learner, make_course
from tests.make.person import make_person
from tests.make.space import make_space

NOW = clock.now()


def reads() -> list[RosterRead]:
    db.session.expire_all()
    return list(db.session.scalars(select(RosterRead).order_by(RosterRead.asked_at, RosterRead.id)))


def now_due(course: str, at: datetime | None = None) -> None:
    with transaction():
        due = at or clock.now() - timedelta(minutes=1)
        db.session.execute(update(CourseKey).where(CourseKey.id == course).values(roster_due_at=due))


@pytest.mark.parametrize(("away", "days"), [(0, 1), (14, 1), (15, 7), (60, 7), (61, 28), (400, 28), (None, 28)])
def test_the_longer_nobody_has_come_the_rarer_it_is_read(away: int | None, days: int) -> None:
    opened = None if away is None else NOW.date() - timedelta(days=away)
    for _ in range(50):
        wait = next_reading(opened, NOW) - NOW
        assert timedelta(days=0.8 * days) <= wait <= timedelta(days=1.2 * days)


def test_no_two_courses_come_at_the_same_moment() -> None:
    random.seed()
    moments = {next_reading(NOW.date(), NOW) for _ in range(200)}
    assert len(moments) == 200
    assert max(moments) - min(moments) > timedelta(hours=6)


def test_a_course_is_read_when_its_time_has_come_and_not_before(app: Flask, lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1", "Ada")]]
    now_due(course, clock.now() + timedelta(hours=1))
    ask_by_schedule()
    before = reads()
    now_due(course)
    ask_by_schedule()
    ask_by_schedule()
    jobs.drain(app)
    assert (before, [one.state for one in reads()], members()) == ([], ["done"], {"Ada"})
    assert db.session.get_one(CourseKey, course).roster_due_at > clock.now() + timedelta(hours=12)


@pytest.mark.parametrize(
    ("status", "code"), [(401, "token_refused"), (403, "service_forbidden"), (404, "service_gone")]
)
def test_what_the_lms_refuses_for_good_is_asked_again_in_a_day_and_by_the_button_at_once(
    app: Flask, lms: RosterServer, course: str, status: int, code: str
) -> None:
    lms.instead[1] = [answer({"message": "not here"}, status) for _ in range(40)]
    now_due(course)
    ask_by_schedule()
    jobs.drain(app)
    for _ in range(3):
        ask_by_schedule()
        with transaction():
            ask_if_stale(course)
        jobs.drain(app)
    by_itself = [(one.state, one.problem) for one in reads()]
    ask(course)
    jobs.drain(app)

    assert by_itself == [("failed", code)]
    assert db.session.get_one(CourseKey, course).roster_due_at > clock.now() + timedelta(hours=12)
    assert len(reads()) == 2


def test_a_course_from_before_there_was_a_schedule_is_read_once(course: str) -> None:
    ask_by_schedule()
    ask_by_schedule()
    assert len(reads()) == 1


@pytest.mark.parametrize(
    "change",
    [
        update(Registration).values(switched_off_at=NOW),
        update(Deployment).values(status="off"),
        update(Space).values(archived_at=NOW),
        update(CourseKey).values(space_id=None),
        update(CourseKey).values(roster_url=None),
    ],
)
def test_where_nobody_can_be_asked_nobody_is(course: str, change: object) -> None:
    with transaction():
        db.session.execute(change)  # type: ignore[call-overload]
    now_due(course)
    ask_by_schedule()
    assert reads() == []


def test_a_launch_finds_a_list_of_yesterday_old_and_one_of_this_morning_fresh(course: str) -> None:
    with transaction():
        ask_if_stale(course)
    with transaction():
        ask_if_stale(course)
    fresh = len(reads())
    with transaction():
        old = {"asked_at": clock.now() - timedelta(hours=13), "state": "done"}
        db.session.execute(update(RosterRead).values(**old))
    with transaction():
        ask_if_stale(course)
    assert (fresh, len(reads())) == (1, 2)


def test_old_readings_are_forgotten_but_for_the_last_good_one(lms: RosterServer, course: str) -> None:
    lms.pages = [[learner("u1")]]
    first, second = sync(course).id, sync(course).id
    with transaction():
        for number, read in enumerate((first, second)):
            long_ago = clock.now() - timedelta(days=70 - number)
            db.session.execute(update(RosterRead).where(RosterRead.id == read).values(asked_at=long_ago))
    now_due(course, clock.now() + timedelta(days=1))
    ask_by_schedule()
    assert [one.id for one in reads()] == [second]


def test_a_platform_that_is_away_is_asked_for_one_roster_at_a_time_unless_somebody_waits_for_it(
    app: Flask, lms: RosterServer, registration: str, organization: str, course: str
) -> None:
    second, third = (make_course(registration, lms.roster_url, make_space(organization), name) for name in "bc")
    lms.pages, lms.instead["token"] = [[learner("u1", "Ada")]], [answer({}, 503, Retry_After="60")]
    ask(course)
    ask(second)
    jobs.drain(app)
    assert (dict(lms.asked), {one.state for one in reads()}) == ({"/token": 1}, {"waiting"})

    helena = make_person(organization, "Helena")
    with transaction():
        ask_for_roster(third, by=helena)
    jobs.drain(app)
    assert {one.course_id: one.state for one in reads()} == {course: "waiting", second: "waiting", third: "done"}

    with transaction():  # a minute has passed, and the platform has answered somebody
        db.session.execute(update(Job).values(run_at=clock.now()))
    jobs.drain(app)
    assert {one.state for one in reads()} == {"done"}


def test_two_workers_and_every_way_of_asking_read_a_course_once_at_a_time(
    app: Flask, lms: RosterServer, registration: str, organization: str, course: str
) -> None:
    """Each worker sweeps, asks and does what is due, as fast as it can; the LMS counts the pages that it gives."""
    other = [make_course(registration, f"{lms.url}/{path}", make_space(organization), path) for path in ("b", "c")]
    lms.pages = [[learner(f"u{number}")] for number in range(3)]
    faults, together = list[BaseException](), threading.Barrier(2, timeout=30)

    def work() -> None:
        try:
            with app.app_context():
                together.wait()
                for _ in range(3):
                    ask_by_schedule()
                    for one in (course, *other):
                        ask(one)
                    for job in due_jobs():
                        run_job(job)
                    db.session.remove()
        except BaseException as fault:
            faults.append(fault)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.drain(app)
    overlapping = [
        (one.id, two.id)
        for one in reads() for two in reads()
        if one.id < two.id and one.course_id == two.course_id and one.ended_at and two.asked_at < one.ended_at
        and one.asked_at <= two.asked_at
    ]  # fmt: skip
    pages = sum(count for path, count in lms.asked.items() if path != "/token")
    assert faults == []
    assert overlapping == []
    assert {one.state for one in reads()} == {"done"}
    assert pages == 3 * len(reads()), "nobody read a page that another one had read for the same row"
    under_way = select(func.count()).select_from(RosterRead).where(RosterRead.state.in_(("waiting", "reading")))
    assert db.session.scalar(under_way) == 0

