"""Workers as real processes: killed in mid-job, asked to end, two at one queue."""

import json
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask

from lti_tool import jobs
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.jobs.worker import EngineInOurLog
from lti_tool.launch.model import RosterRead
from lti_tool.logs import init_logs
from lti_tool.places import PACKAGE
from lti_tool.sandbox.two_courses import BIOLOGY_LEARNERS
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member
from tests.make.deeds import Deeds
from tests.make.lms import campus
from tests.make.programs import running, spelled, started, wait_until


@contextmanager
def workers(
    settings: Settings, deeds: Deeds, count: int = 1, tick_every: float = 3600.0
) -> Iterator[list["subprocess.Popen[str]"]]:
    """So many worker processes on the same database and queue, once each of them is at work."""
    command = [sys.executable, "-m", "tests.jobs.worker_program", str(deeds.path), str(tick_every)]
    with ExitStack() as stack:
        programs = [stack.enter_context(started(command, PACKAGE.parent, **spelled(settings))) for _ in range(count)]
        yield [one.process for one in programs]


def write(kind: str, **arguments: object) -> str:
    with transaction():
        return jobs.enqueue(kind, arguments)


def finished(job_id: str) -> bool:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True).finished_at is not None


def test_the_job_of_a_killed_worker_is_done_by_another_one(
    app: Flask, settings: Settings, deeds: Deeds
) -> None:
    job_id = write("slow", say="roster", seconds=3.0)
    with workers(settings, deeds, count=2) as (one, other):
        killed = one if int(deeds.first("begin").split()[3]) == one.pid else other
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        wait_until(lambda: finished(job_id))

    survivor = {one.pid, other.pid} - {killed.pid}
    assert [line.split()[0] for line in deeds.lines() if "tick" not in line] == ["begin", "begin", "end"]
    assert {int(line.split()[3]) for line in deeds.lines()[1:] if "tick" not in line} == survivor
    assert db.session.get_one(Job, job_id).attempts == 2


def test_asked_to_end_a_worker_finishes_what_is_under_way_and_begins_nothing(
    app: Flask, settings: Settings, deeds: Deeds
) -> None:
    one_thread = settings.model_copy(update={"job_threads": 1})
    under_way, next_one = write("slow", say="first", seconds=1.5), write("note", say="second")
    with workers(one_thread, deeds) as [worker]:
        deeds.first("begin first")
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(timeout=20)

    assert code == 0
    assert len([line for line in deeds.lines() if line.startswith("end first")]) == 1
    assert finished(under_way)
    assert not finished(next_one)
    assert deeds.count("second") == 0


def test_two_workers_that_are_told_everything_twice_do_everything_once(
    app: Flask, settings: Settings, deeds: Deeds
) -> None:
    written = [write("note", say=f"job {number}") for number in range(40)]
    for job_id in written:
        app.extensions["jobs"].engine.tell(job_id, 0)

    with workers(settings, deeds, count=2, tick_every=0.5) as both:
        wait_until(lambda: all(finished(job_id) for job_id in written))
        wait_until(lambda: len(ticks(deeds)) >= 4)
        for worker in both:
            worker.send_signal(signal.SIGTERM)  # a turn that is under way is finished
            worker.wait(timeout=20)

    notes = [line for line in deeds.lines() if line.startswith("job")]
    db.session.rollback()
    turns = db.session.query(Job).filter(Job.kind == "schedule.tick", Job.attempts > 0).all()
    assert sorted(notes) == sorted(f"job {number}" for number in range(40))
    assert len(ticks(deeds)) == len(turns)
    assert {(turn.attempts, turn.finished_at is None) for turn in turns} == {(1, False)}


def ticks(deeds: Deeds) -> list[str]:
    return [line for line in deeds.lines() if line.startswith("tick")]


def test_a_delayed_job_is_done_when_its_time_comes(app: Flask, settings: Settings, deeds: Deeds) -> None:
    with transaction():
        jobs.enqueue("note", {"say": "later"}, delay=2.0)
    begun = time.monotonic()

    with workers(settings, deeds):
        deeds.first("later")

    assert time.monotonic() - begun >= 2.0


def test_several_workers_may_start_on_an_empty_queue_at_once(app: Flask, settings: Settings, deeds: Deeds) -> None:
    with workers(settings, deeds, count=3, tick_every=0.3) as three:
        wait_until(lambda: {int(tick.split()[-1]) for tick in ticks(deeds)} == {worker.pid for worker in three})

        assert [worker.poll() for worker in three] == [None] * 3


def test_a_roster_is_read_to_its_end_though_its_worker_is_killed_on_the_way(
    database_url: str, database_kind: str, settings: Settings
) -> None:
    """The command `lti-tool work` with the tool's own jobs, from a teacher's click to the list of members."""
    options = settings.model_dump(include={"jobs_url", "job_lease_seconds", "job_sweep_seconds"})
    with campus(database_url, settings.data_dir, **options) as school:
        own = spelled(school.app.extensions["settings"])
        browser, page = school.open("biology", "helena")
        browser.submit(page, "/space")
        school.lms.faults.delays["roster"] = 1.5

        with running(settings.data_dir, "work", **own) as killed:
            wait_until(lambda: roster().state == "reading")
            killed.process.send_signal(signal.SIGKILL)
            killed.process.wait()
        with running(settings.data_dir, "work", **own):
            wait_until(lambda: roster().state == "done")

        learners = db.session.query(Member).filter_by(role="member", status="active").count()
        browser.close()
        school.app.extensions["jobs"].engine.close()

    assert learners == len(BIOLOGY_LEARNERS)


def roster() -> RosterRead:
    db.session.rollback()
    return db.session.query(RosterRead).populate_existing().one()


def test_another_fault_under_the_same_sentence_of_the_engine_is_said_too(
    app: Flask, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    init_logs(settings.model_copy(update={"log_level": "ERROR"}))
    said_by_huey = logging.Logger("huey")
    said_by_huey.addHandler(EngineInOurLog())
    for fault in (ConnectionError, PermissionError, ConnectionError):
        try:
            raise fault
        except OSError:
            said_by_huey.exception("Error reading from queue")

    told = [json.loads(line)["exception"] for line in capsys.readouterr().err.splitlines()]
    assert [one.partition("\n")[0] for one in told] == ["ConnectionError", "PermissionError"]
