"""The worker: Huey's threads for what they are told, and a sweep for what nobody was told."""

import logging
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256

from flask import Flask
from huey.consumer import Consumer
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs.engine import HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import Jobs, due_jobs, run_job
from lti_tool.logs import log

_KEPT = timedelta(days=7)
_SLOWEST_LOOK = 1.0
_MOST_TOLD = 500
_MOST_ALONE = 50  # then it is asked again whether the queue is back
_SAID_AGAIN_AFTER = 60.0  # seconds: while a queue is away, each thread finds so anew every second


class _Consumer(Consumer):  # type: ignore[misc]
    """Huey's threads; who stops them is said by `run_worker` alone."""

    def _set_signal_handlers(self) -> None:
        """Huey's own would end a job in its middle."""


class EngineInOurLog(logging.Handler):
    """What Huey finds wrong, as a line of our log: kinds and places, and no words of a fault (decision 14)."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._said: dict[tuple[str, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        now, what = time.monotonic(), str(record.msg)  # the sentence without its words: they may name a task
        fault = record.exc_info[1] if record.exc_info else None
        key = what, type(fault).__name__
        if now - self._said.get(key, -_SAID_AGAIN_AFTER) < _SAID_AGAIN_AFTER:
            return
        self._said[key] = now
        log.error("job_engine_failed", said=what, exc_info=fault)


def run_worker(app: Flask, stop: threading.Event | None = None) -> None:
    """Work until SIGTERM or SIGINT, or until `stop` is set. What is under way then is finished first."""
    stop = stop or threading.Event()
    jobs: Jobs = app.extensions["jobs"]
    engine = jobs.engine
    if not isinstance(engine, HueyEngine):
        raise TypeError("This worker serves Huey; another engine brings its own.")
    _huey_says_it_in_our_log()
    consumer = _Consumer(engine.huey, workers=jobs.settings.job_threads, periodic=False, max_delay=_SLOWEST_LOOK)
    with _stopping_on_signals(stop):
        _prepare(engine, jobs.settings.job_sweep_seconds, stop)
        consumer.start()
        _sweep_until(app, jobs, engine, consumer, stop)
        consumer.stop(graceful=True)


def _huey_says_it_in_our_log() -> None:
    """Without a handler Python prints what is said as it is, whole tracebacks, once a second from every thread."""
    of_huey = logging.getLogger("huey")
    of_huey.handlers, of_huey.propagate = [EngineInOurLog()], False


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


def _prepare(engine: HueyEngine, pause: float, stop: threading.Event) -> None:
    """A worker that starts before its queue does waits for it."""
    while not stop.is_set():
        try:
            engine.prepare()
        except Exception as fault:
            log.warning("job_queue_away", fault=type(fault).__name__)
            stop.wait(pause)
        else:
            return


def _sweep_until(
    app: Flask, jobs: Jobs, engine: HueyEngine, consumer: Consumer, stop: threading.Event
) -> None:  # fmt: skip
    while True:
        try:
            with app.app_context():
                if not sweep(jobs, engine):
                    _do_by_itself(stop)
        except Exception as fault:  # the database is away; the next round finds it again
            log.warning("sweep_failed", fault=type(fault).__name__)
        consumer.check_worker_health()
        if stop.wait(jobs.settings.job_sweep_seconds):
            return


def sweep(jobs: Jobs, engine: HueyEngine) -> bool:
    """Write the turns of the schedule that have come, and tell the engine of due rows that nobody holds. Answers
    whether the queue is there to be told.

    A queue that is long already is not made longer: what it lacks is told in a later round.
    """
    for name, (every, _) in jobs.schedule.items():
        _take_turn(f"schedule.{name}", every)
    try:
        waiting = engine.waiting()
    except Exception as fault:
        log.warning("job_queue_away", fault=type(fault).__name__)
        return False
    for job_id in due_jobs(max(0, _MOST_TOLD - waiting)):
        engine.tell(job_id, 0)
    return True


def _do_by_itself(stop: threading.Event) -> None:
    """While no queue says what is due, the rows do: slower, one job after the other."""
    for job_id in due_jobs(_MOST_ALONE):
        if stop.is_set():
            return
        run_job(job_id)


def _take_turn(kind: str, every: float) -> None:
    """One row for each turn, however many workers sweep: its id is made of the turn, and an id is there once."""
    turn = int(clock.now().timestamp() // every)
    job_id = sha256(f"{kind}:{turn}".encode()).hexdigest()[:32]
    if db.session.get(Job, job_id) is not None:
        return
    try:
        with transaction():
            db.session.add(Job(id=job_id, kind=kind, arguments={}, run_at=clock.now()))
            _forget_old_jobs()
    except IntegrityError:
        return  # another worker wrote the same turn at the same moment


def _forget_old_jobs() -> None:
    """What is done is kept for a week; what gave up stays."""
    old = clock.now() - _KEPT
    db.session.execute(delete(Job).where(Job.finished_at < old).execution_options(synchronize_session=False))
