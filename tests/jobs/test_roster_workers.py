"""Two real workers, as an operator starts them, at the roster of one course."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.launch.model import CourseKey, RosterRead
from lti_tool.launch.roster import ask_for_roster
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member
from tests.flows.steps import create_space
from tests.make.crowd import faults, together
from tests.make.lms import Campus, campus
from tests.make.programs import Running, running, spelled, wait_until

LEARNERS = 110
_PAGE_TAKES = 0.6
_TURNS = 3


@pytest.fixture
def school(database_url: str, settings: Settings) -> Iterator[Campus]:
    """A course whose LMS takes its time, and a teacher who has just made the Space."""
    options = settings.model_dump(include={"jobs_url", "job_lease_seconds", "job_sweep_seconds"})
    with campus(database_url, settings.data_dir, learners=LEARNERS, **options) as connected:
        connected.lms.faults.delays["roster"] = _PAGE_TAKES
        create_space(connected, "data-literacy")[0].close()
        yield connected
        connected.app.extensions["jobs"].engine.close()


def reads() -> list[RosterRead]:
    db.session.rollback()
    newest_last = select(RosterRead).order_by(RosterRead.id)
    return list(db.session.scalars(newest_last.execution_options(populate_existing=True)))


def roster_jobs() -> list[Job]:
    db.session.rollback()
    found = select(Job).where(Job.kind == "roster.read").order_by(Job.created_at)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def learners_here() -> int:
    db.session.rollback()
    here = select(func.count()).select_from(Member).where(Member.role == "member", Member.status == "active")
    return db.session.scalar(here) or 0


def is_quiet() -> bool:
    return all(job.finished_at or job.failed_at for job in roster_jobs())


def ask(course: str) -> None:
    with transaction():
        ask_for_roster(course, by=None)


def long_ago(course: str) -> None:
    """Nobody has come today, and the last list is of yesterday: whoever comes first asks for another."""
    with transaction():
        db.session.execute(update(CourseKey).where(CourseKey.id == course).values(opened_on=None))
        db.session.execute(update(RosterRead).values(asked_at=clock.now() - timedelta(hours=13)))


def work(school: Campus) -> AbstractContextManager[Running]:
    settings = school.app.extensions["settings"]
    return running(settings.data_dir, "work", **spelled(settings))


def test_a_worker_that_was_asleep_leaves_the_list_alone_that_another_one_has_read(school: Campus) -> None:
    """It sleeps in the middle of a page for longer than its lease, as on a machine that is moved elsewhere."""
    with work(school) as sleeper:
        wait_until(lambda: reads()[0].pages == 1)
        os.killpg(sleeper.process.pid, signal.SIGSTOP)
        asleep = reads()[0].worker
        with work(school) as other:
            wait_until(lambda: reads()[0].state == "done")
            os.killpg(sleeper.process.pid, signal.SIGCONT)
            wait_until(is_quiet)
            time.sleep(2 * _PAGE_TAKES)  # the answer that it waited for has come, and it would ask for the next page
            asked = school.lms.traffic["roster"]
            alive = (sleeper.process.poll(), other.process.poll())

    [read], [job] = reads(), roster_jobs()
    assert (read.state, read.pages, read.worker == asleep, learners_here()) == ("done", 3, False, LEARNERS)
    assert asked == 2 + 3, "two pages of the first, three of the second"
    assert (job.attempts, job.last_error, alive) == (2, None, (None, None))


def test_launches_staff_and_two_workers_meet_at_one_roster_and_nobody_fails(school: Campus) -> None:
    """Whoever comes first asks for the list while it is read: on PostgreSQL they once waited for each other."""
    school.lms.faults.delays["roster"] = 0.05
    course = db.session.scalars(select(CourseKey.id)).one()
    with work(school), work(school):
        for turn in range(_TURNS):
            wait_until(is_quiet)
            long_ago(course)
            comers = [partial(come, school, f"learner-{8 * turn + number + 1:04d}") for number in range(5)]
            outcomes = together(school.app, [*comers, *[partial(ask, course)] * 3])
            assert (faults(outcomes), set(outcomes)) == ([], {200, None})
        wait_until(is_quiet)

    assert {one.state for one in reads()} == {"done"}
    assert {(job.attempts, job.last_error) for job in roster_jobs()} == {(1, None)}
    assert (len(reads()) > _TURNS, learners_here()) == (True, LEARNERS)


def come(school: Campus, who: str) -> int:
    browser, page = school.open("data-literacy", who)
    browser.close()
    return page.status_code
