"""Rows are the truth, the engine is the nudge: what is written, who is told, and who does it (decision 8)."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog.testing
from flask import Flask
from sqlalchemy import update

from lti_tool import clock, jobs
from lti_tool.db import db, transaction
from lti_tool.jobs.engine import HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import MOST_ATTEMPTS, due_jobs, run_job
from lti_tool.jobs.worker import sweep
from lti_tool.logs import init_logs
from lti_tool.settings import Settings
from tests.make.crowd import faults, together
from tests.make.deeds import Deeds, Wrong
from tests.make.serving import free_port


def engine_of(app: Flask) -> HueyEngine:
    engine = app.extensions["jobs"].engine
    assert isinstance(engine, HueyEngine)
    return engine


def write(kind: str = "note", key: str | None = None, delay: float = 0.0, **arguments: object) -> str:
    with transaction():
        return jobs.enqueue(kind, {"say": "done", **arguments}, key=key, delay=delay)


def row(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def change(job_id: str, **values: object) -> None:
    with transaction():
        db.session.execute(update(Job).where(Job.id == job_id).values(**values))


def test_a_job_that_is_rolled_back_tells_nobody_and_leaves_no_row(app: Flask, deeds: Deeds) -> None:
    def write_and_fail() -> None:
        with transaction():
            jobs.enqueue("note", {"say": "done"})
            raise Wrong

    with pytest.raises(Wrong):
        write_and_fail()

    assert engine_of(app).waiting() == 0
    assert db.session.query(Job).count() == 0


def test_the_engine_is_told_after_the_commit_and_not_before(app: Flask, deeds: Deeds) -> None:
    with transaction():
        jobs.enqueue("note", {"say": "done"})
        told_inside = engine_of(app).waiting()

    assert (told_inside, engine_of(app).waiting()) == (0, 1)


def test_a_lost_message_is_found_by_the_sweep(app: Flask, deeds: Deeds) -> None:
    write()
    engine_of(app).huey.flush()

    sweep(app.extensions["jobs"], engine_of(app))

    assert engine_of(app).waiting() == 2  # the row, and the turn of the schedule


def test_the_sweep_leaves_alone_what_is_not_due_and_what_somebody_holds(app: Flask, deeds: Deeds) -> None:
    write(delay=60)
    change(write(), lease_holder="somebody", lease_until=clock.now() + timedelta(seconds=60))

    assert due_jobs() == []


def test_a_queue_that_is_long_already_is_not_made_longer(app: Flask, deeds: Deeds) -> None:
    job_id = write()
    for _ in range(600):
        engine_of(app).tell(job_id, 0)

    sweep(app.extensions["jobs"], engine_of(app))

    assert engine_of(app).waiting() == 601


def test_a_doubled_message_does_the_work_once(app: Flask, deeds: Deeds) -> None:
    job_id = write()

    run_job(job_id)
    run_job(job_id)

    assert deeds.lines() == ["done"]


def test_a_message_about_no_row_is_left_alone(app: Flask, deeds: Deeds) -> None:
    run_job("0" * 32)

    assert deeds.lines() == []


def test_of_many_who_look_at_one_row_one_does_it(app: Flask, deeds: Deeds) -> None:
    job_id = write("slow", seconds=0.3)

    outcomes = together(app, [partial(run_job, job_id)] * 8)

    assert faults(outcomes) == []
    assert len([line for line in deeds.lines() if line.startswith("begin")]) == 1
    assert row(job_id).attempts == 1


def test_a_job_longer_than_its_lease_keeps_it(app: Flask, settings: Settings, deeds: Deeds) -> None:
    short = settings.model_copy(update={"job_lease_seconds": 0.6})
    jobs.init_jobs(app, short, deeds.handlers(), {})
    job_id = write("slow", seconds=1.5)
    worker = in_thread(app, lambda: run_job(job_id))
    deeds.first("begin")

    while worker.is_alive():
        assert job_id not in due_jobs()
        run_job(job_id)
        time.sleep(0.05)

    assert [line.split()[0] for line in deeds.lines()] == ["begin", "end"]
    assert row(job_id).finished_at is not None


def test_a_job_whose_lease_ran_out_is_done_by_the_next_one(app: Flask, deeds: Deeds) -> None:
    job_id = write()
    change(job_id, lease_holder="gone", lease_until=clock.now() - timedelta(seconds=1), attempts=1)

    run_job(job_id)

    assert deeds.lines() == ["done"]
    assert (row(job_id).attempts, row(job_id).lease_holder) == (2, None)


def test_whoever_lost_the_lease_writes_nothing_over_the_next_one(app: Flask, deeds: Deeds) -> None:
    def lose(_arguments: dict[str, object]) -> None:
        change(job_id, lease_holder="the next one", lease_until=clock.now() + timedelta(seconds=60))

    jobs.init_jobs(app, app.extensions["settings"], {"lose": lose}, {})
    job_id = write("lose")

    run_job(job_id)

    assert (row(job_id).lease_holder, row(job_id).finished_at) == ("the next one", None)


def test_a_fault_is_tried_again_after_growing_waits_and_given_up_in_the_end(app: Flask, deeds: Deeds) -> None:
    job_id, waits = write("fail"), []

    while row(job_id).failed_at is None:
        change(job_id, run_at=clock.now())
        before = clock.now()
        run_job(job_id)
        waits.append((row(job_id).run_at - before).total_seconds())

    assert len(deeds.lines()) == row(job_id).attempts == MOST_ATTEMPTS
    for attempt, wait in enumerate(waits[:-1], start=1):
        assert 2**attempt * 0.5 <= wait <= 2**attempt + 1
    assert row(job_id).last_error == "Wrong"
    assert row(job_id).finished_at is None
    assert due_jobs() == []


def test_what_a_failed_job_had_begun_to_write_is_undone(app: Flask, deeds: Deeds) -> None:
    def half(_arguments: dict[str, object]) -> None:
        with transaction():
            jobs.enqueue("note", {"say": "half"}, key="half")
            raise Wrong

    jobs.init_jobs(app, app.extensions["settings"], {"half": half}, {})

    run_job(write("half"))

    assert db.session.query(Job).filter_by(unique_key="half").count() == 0


def test_a_job_that_takes_every_worker_with_it_is_given_up_too(app: Flask, settings: Settings, deeds: Deeds) -> None:
    init_logs(settings.model_copy(update={"log_level": "ERROR"}))
    job_id = write()
    change(job_id, lease_holder="gone", lease_until=clock.now() - timedelta(seconds=1), attempts=MOST_ATTEMPTS)

    with structlog.testing.capture_logs() as told:
        run_job(job_id)

    assert deeds.lines() == []
    assert (row(job_id).last_error, row(job_id).failed_at is None) == ("worker_lost", False)
    assert [(line["event"], line["why"]) for line in told] == [("job_gave_up", "worker_lost")]


def test_a_wish_to_come_back_later_is_no_fault(app: Flask, deeds: Deeds) -> None:
    job_id = write("later", seconds=40)

    for _ in range(MOST_ATTEMPTS + 2):
        change(job_id, run_at=clock.now())
        run_job(job_id)

    wait = (row(job_id).run_at - clock.now()).total_seconds()
    assert 35 < wait <= 40
    assert (row(job_id).attempts, row(job_id).failed_at, row(job_id).last_error) == (0, None, None)
    assert len(deeds.lines()) == MOST_ATTEMPTS + 2


def test_a_job_waits_for_whom_it_needs_as_long_again_as_it_has_waited_and_for_a_day(
    app: Flask, deeds: Deeds
) -> None:
    job_id = write("miss")
    waited = {"seconds": 0, "minutes": 20, "hours": 5}
    for unit, number in waited.items():
        written = clock.now() - timedelta(**{unit: number})
        change(job_id, run_at=clock.now(), created_at=written)
        run_job(job_id)
        longest = min(max(timedelta(**{unit: number}).total_seconds(), 2.0), 3600.0)
        wait = (row(job_id).run_at - clock.now()).total_seconds()
        assert 0.5 * longest - 5 < wait < longest + 5
        assert (row(job_id).attempts, row(job_id).failed_at) == (0, None)

    change(job_id, run_at=clock.now(), created_at=clock.now() - timedelta(days=1, minutes=1))
    run_job(job_id)
    assert (row(job_id).last_error, row(job_id).failed_at is None) == ("done", False)


def test_a_job_that_waits_under_a_key_serves_for_the_next_one_too(app: Flask, deeds: Deeds) -> None:
    assert write(key="roster") == write(key="roster")
    assert write(key="roster") != write(key="another roster")
    assert write() != write()


def test_a_job_that_is_under_way_or_done_does_not_serve_for_a_new_one(app: Flask, deeds: Deeds) -> None:
    first = write(key="roster")
    change(first, lease_holder="somebody", lease_until=clock.now() + timedelta(seconds=60))
    second = write(key="roster")
    run_job(second)
    third = write(key="roster")

    assert len({first, second, third}) == 3


def test_a_job_put_back_under_a_key_that_waits_again_leaves_its_work_to_the_newer_one(app: Flask, deeds: Deeds) -> None:
    newer: list[str] = []

    def overtaken(_arguments: dict[str, object]) -> None:
        newer.append(write(key="roster"))
        raise Wrong

    jobs.init_jobs(app, app.extensions["settings"], {**deeds.handlers(), "overtaken": overtaken}, {})
    older = write("overtaken", key="roster")

    run_job(older)

    assert row(older).finished_at is not None
    assert row(older).last_error == "superseded"
    assert due_jobs() == newer


def test_one_key_written_by_many_at_once_is_one_row(app: Flask, deeds: Deeds) -> None:
    answered = together(app, [partial(write, key="roster")] * 8)

    assert (faults(answered), len(set(answered))) == ([], 1)
    assert db.session.query(Job).count() == 1


def test_a_job_that_serves_for_a_change_begins_only_after_that_change_is_seen(app: Flask, deeds: Deeds) -> None:
    job_id = write(key="roster")

    with transaction():
        assert jobs.enqueue("note", {"say": "done"}, key="roster") == job_id
        worker = in_thread(app, lambda: run_job(job_id))
        time.sleep(0.4)
        begun_inside = deeds.lines()
    worker.join()

    assert begun_inside == []
    assert deeds.lines() == ["done"]


def test_a_turn_of_the_schedule_is_one_row_however_many_workers_sweep(app: Flask, deeds: Deeds) -> None:
    outcomes = together(app, [partial(sweep, app.extensions["jobs"], engine_of(app))] * 8)
    jobs.drain(app)
    sweep(app.extensions["jobs"], engine_of(app))
    jobs.drain(app)

    assert (faults(outcomes), len(deeds.lines())) == ([], 1)


def test_every_turn_of_the_schedule_comes(app: Flask, settings: Settings, deeds: Deeds) -> None:
    jobs.init_jobs(app, settings, {}, {"tick": (0.2, deeds.tick)})

    for _ in range(3):
        sweep(app.extensions["jobs"], engine_of(app))
        time.sleep(0.21)
    jobs.drain(app)

    assert len(deeds.lines()) == 3


def test_what_is_done_is_forgotten_after_a_week_and_what_gave_up_stays(app: Flask, deeds: Deeds) -> None:
    old, done, failed, fresh = clock.now() - timedelta(days=8), write(), write(), write()
    change(done, finished_at=old)
    change(failed, failed_at=old)
    change(fresh, finished_at=clock.now())

    sweep(app.extensions["jobs"], engine_of(app))

    assert {one.id for one in db.session.query(Job).filter_by(kind="note")} == {failed, fresh}


def test_a_queue_that_is_away_loses_nothing_and_stops_nobody(app: Flask, settings: Settings, deeds: Deeds) -> None:
    away = settings.model_copy(update={"jobs_url": f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere"})
    jobs.init_jobs(app, away, deeds.handlers(), {})

    job_id = write()

    assert due_jobs() == [job_id]


def test_the_queue_is_chosen_by_the_beginning_of_its_address(tmp_path: Path) -> None:
    for url, storage in (("", "SqliteStorage"), ("postgresql://nobody@127.0.0.1:1/x", "PostgresStorage")):
        engine = HueyEngine(Settings(data_dir=tmp_path, jobs_url=url))

        assert type(engine.huey.storage).__name__ == storage
    with pytest.raises(ValueError, match="JOBS_URL begins with"):
        HueyEngine(Settings(data_dir=tmp_path, jobs_url="amqp://localhost"))


def in_thread(app: Flask, act: Callable[[], None]) -> threading.Thread:
    def begin() -> None:
        with app.app_context():
            act()

    thread = threading.Thread(target=begin)
    thread.start()
    return thread


def test_a_kind_of_job_that_nobody_has_known_for_a_week_is_given_up(app: Flask, settings: Settings) -> None:
    init_logs(settings.model_copy(update={"log_level": "ERROR"}))
    job_id, before = hashlib.sha256(b"a turn of the schedule").hexdigest()[:32], clock.now() - timedelta(days=8)
    with transaction():
        db.session.add(Job(id=job_id, kind="before", arguments={}, run_at=clock.now(), created_at=before))

    with structlog.testing.capture_logs() as told:
        run_job(job_id)

    assert (row(job_id).failed_at is not None, row(job_id).last_error) == (True, "kind_unknown")
    assert told == [{"event": "job_gave_up", "log_level": "error", "job": job_id, "kind": "before",
                     "why": "kind_unknown"}]  # fmt: skip


def test_a_kind_of_job_that_a_newer_version_wrote_waits_for_a_worker_that_knows_it(
    app: Flask, settings: Settings, deeds: Deeds
) -> None:
    init_logs(settings.model_copy(update={"log_level": "WARNING"}))
    jobs_here = app.extensions["jobs"]
    known = {kind: act for kind, act in jobs_here.handlers.items() if kind != "note"}
    app.extensions["jobs"] = replace(jobs_here, handlers=known)
    job_id, other = write(), write()
    with structlog.testing.capture_logs() as logged:
        for _ in range(MOST_ATTEMPTS + 1):
            change(job_id, run_at=clock.now())
            run_job(job_id)
        run_job(other)
    waits = row(job_id)
    stood = (waits.attempts, waits.last_error, waits.failed_at, waits.run_at > clock.now())
    app.extensions["jobs"] = jobs_here
    change(job_id, run_at=clock.now())
    run_job(job_id)

    assert stood == (0, None, None, True)
    assert [(line["event"], line["kind"]) for line in logged if "kind" in line] == [("job_of_another_version", "note")]
    assert row(job_id).finished_at is not None
