"""The worker: Huey's threads for what they are told, and a sweep for what nobody was told."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs.engine import HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import Jobs, due_jobs, enqueue
from lti_tool.logs import log

_KEPT = timedelta(days=7)
_SLOWEST_LOOK = 1.0


def run_worker(app: Flask, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set. What is under way then is finished first."""
    stop = stop or threading.Event()
    jobs: Jobs = app.extensions["jobs"]
    engine = jobs.engine
    if not isinstance(engine, HueyEngine):
        raise TypeError("This worker serves Huey; another engine brings its own.")
    logging.getLogger("huey").setLevel(logging.ERROR)
    consumer = engine.huey.create_consumer(
        workers=jobs.settings.job_threads, periodic=False, max_delay=_SLOWEST_LOOK, check_worker_health=True
    )
    with _stopping_on_signals(stop):
        consumer.start()
        with _stopping_on_signals(stop):  # huey sets handlers of its own when it starts
            _sweep_until(app, jobs, stop)
    consumer.stop(graceful=True)


@contextmanager
def _stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """Signals reach the main thread alone; a worker in another thread is stopped by its event."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _sweep_until(app: Flask, jobs: Jobs, stop: threading.Event) -> None:
    while True:
        try:
            with app.app_context():
                sweep(jobs)
        except SQLAlchemyError as fault:  # the database is away; the next round finds it again
            log.warning("sweep_failed", fault=type(fault).__name__)
        if stop.wait(jobs.settings.job_sweep_seconds):
            return


def sweep(jobs: Jobs) -> None:
    """Write the turns of the schedule that have come, and tell the engine of every due row that nobody holds."""
    for name, (every, _) in jobs.schedule.items():
        _take_turn(f"schedule.{name}", every)
    for job_id in due_jobs():
        jobs.engine.tell(job_id, 0)


def _take_turn(kind: str, every: float) -> None:
    """One row for each turn, however many workers sweep: its key is the turn's number."""
    turn = int(clock.now().timestamp() // every)
    key = f"{kind}:{turn}"
    try:
        with transaction():
            if db.session.scalar(select(Job.id).where(Job.kind == kind, Job.unique_key == key).limit(1)) is None:
                enqueue(kind, {}, key=key)
                old = clock.now() - _KEPT
                db.session.execute(
                    delete(Job).where(Job.finished_at < old).execution_options(synchronize_session=False)
                )
    except IntegrityError:
        return  # another worker wrote the same turn at the same moment
