"""Writing jobs, claiming them, doing them."""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lti_tool import clock
from lti_tool.db import after_commit, db, new_id, transaction
from lti_tool.jobs.engine import Engine, HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.logs import log
from lti_tool.settings import Settings
from lti_tool.tracing import carried, job_step

MOST_ATTEMPTS = 8
LONGEST_AWAY = timedelta(days=1)
_SHORTEST_WAIT, _LONGEST_WAIT = 2.0, 3600.0
_TRIES = 3
_NOBODYS_AFTER = timedelta(days=7)
_NOT_OURS_AGAIN = 30.0  # seconds: another worker may be of the version that knows it

Handler = Callable[[dict[str, Any]], None]


class RetryLater(Exception):  # noqa: N818 - it is what the handler asks for
    """A handler's wish to be called again in `seconds`, without it counting as a fault."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Away(Exception):  # noqa: N818 - what a handler needs elsewhere is (decision 63)
    """A handler's word that somebody else does not answer: no fault of the job, which waits for them for a day."""


@dataclass(frozen=True)
class Jobs:
    """What an application knows of its jobs: who does which kind, what comes round by itself, and the engine."""

    settings: Settings
    handlers: Mapping[str, Handler]
    schedule: Mapping[str, tuple[float, Callable[[], None]]]
    engine: Engine
    unknown: set[str] = field(default_factory=set)  # kinds of another version, of which the log has been told

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.settings.job_lease_seconds)


@dataclass(frozen=True)
class _Claim:
    id: str
    holder: str
    kind: str
    arguments: dict[str, Any]
    attempts: int
    written_at: datetime


def init_jobs(
    app: Flask,
    settings: Settings,
    handlers: Mapping[str, Handler],
    schedule: Mapping[str, tuple[float, Callable[[], None]]],
) -> None:
    """Give the application its jobs. `schedule` is {name: (every so many seconds, what to do)}."""
    engine = HueyEngine(settings)

    def look_at(job_id: str) -> None:
        with app.app_context():
            run_job(job_id)

    engine.serve(look_at)
    turns = {f"schedule.{name}": _without_arguments(act) for name, (_, act) in schedule.items()}
    app.extensions["jobs"] = Jobs(settings, {**handlers, **turns}, schedule, engine)


def enqueue(kind: str, arguments: dict[str, Any], *, key: str | None = None, delay: float = 0.0) -> str:
    """Write a job in the surrounding transaction; the engine is told after its commit. Answers the job's id.

    With a `key`, a job that nobody has begun yet serves for this one too. One that is under way does not: what it has
    read already may be older than this call, so another one follows it.
    """
    engine = _jobs().engine
    for _ in range(_TRIES):
        waiting = _unclaimed(key) if key is not None else None
        if waiting is not None:
            return waiting
        job_id = _write(kind, arguments, key, delay)
        if job_id is not None:
            after_commit(partial(engine.tell, job_id, delay))
            return job_id
    raise RuntimeError(f"The job {key} is written and begun by others faster than it can be read.")


def _write(kind: str, arguments: dict[str, Any], key: str | None, delay: float) -> str | None:
    """A new row; None when somebody wrote the same key a moment ago."""
    job = Job(
        id=new_id(), kind=kind, arguments=carried(arguments), unique_key=key,
        run_at=clock.now() + timedelta(seconds=delay),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        return None
    return job.id


def _unclaimed(key: str) -> str | None:
    """The job that waits under `key`, held so that nobody begins it before the surrounding transaction is seen."""
    waiting = select(Job.id).where(Job.unique_key == key, Job.lease_holder.is_(None), _open())
    return db.session.scalar(waiting.with_for_update())


def run_job(job_id: str) -> None:
    """Claim the job, if it is due and free, and do it. Whoever comes second leaves it alone."""
    claim = _claim(job_id)
    if claim is None:
        return
    if claim.attempts > MOST_ATTEMPTS:  # none of its workers lived to say how it went
        _give_up(claim, "worker_lost", attempts=MOST_ATTEMPTS)
        return
    if claim.kind not in _jobs().handlers:
        _leave_to_another_version(claim)
        return
    with _kept(claim):
        try:
            with job_step(claim.kind, claim.attempts, claim.arguments) as arguments:
                _jobs().handlers[claim.kind](arguments)
        except RetryLater as wish:
            _put_back(claim, wish.seconds, None)
        except Away as absence:
            _wait_for_others(claim, absence)
        except Exception as fault:
            log.error("job_failed", job=claim.id, kind=claim.kind, attempts=claim.attempts, exc_info=fault)
            _put_back(claim, _wait_after(claim.attempts), type(fault).__name__)
        else:
            _settle(claim, finished_at=clock.now(), attempts=claim.attempts)


def _leave_to_another_version(claim: _Claim) -> None:
    """While versions change, an old worker may meet a job that only the new one knows. One that nobody has known for
    a week is given up.
    """
    if clock.now() - claim.written_at > _NOBODYS_AFTER:
        _give_up(claim, "kind_unknown")
        return
    unknown = _jobs().unknown
    if claim.kind not in unknown:
        unknown.add(claim.kind)
        log.warning("job_of_another_version", job=claim.id, kind=claim.kind)
    _put_back(claim, _NOT_OURS_AGAIN, None)


def _wait_for_others(claim: _Claim, absence: Away) -> None:
    """As long again as the job has waited already: a minute's absence costs a minute, a night's an hour."""
    waited = clock.now() - claim.written_at
    if waited > LONGEST_AWAY:
        _give_up(claim, str(absence))
        return
    log.warning("job_waits", job=claim.id, kind=claim.kind, away=str(absence))
    _put_back(claim, _some_of(max(waited.total_seconds(), _SHORTEST_WAIT)), None)


def due_jobs(limit: int = 500) -> list[str]:
    """Jobs whose time has come and that nobody holds, oldest first."""
    found = list(db.session.scalars(select(Job.id).where(is_due(clock.now())).order_by(Job.run_at).limit(limit)))
    db.session.rollback()
    return found


def drain(app: Flask) -> int:
    """Do every due job in this thread, and what follows from them. Answers how many were looked at."""
    done = 0
    with app.app_context():
        while due := due_jobs():
            for job_id in due:
                run_job(job_id)
            done += len(due)
    return done


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions["jobs"]
    return jobs


def is_due(now: datetime) -> ColumnElement[bool]:
    """Its time has come, it is not done, and nobody holds it."""
    return and_(_open(), Job.run_at <= now, or_(Job.lease_until.is_(None), Job.lease_until < now))


def _open() -> ColumnElement[bool]:
    return and_(Job.finished_at.is_(None), Job.failed_at.is_(None))


def _claim(job_id: str) -> _Claim | None:
    now, holder = clock.now(), new_id()
    with transaction():
        row = db.session.execute(
            update(Job)
            .where(Job.id == job_id, is_due(now))
            .values(lease_until=now + _jobs().lease, lease_holder=holder, attempts=Job.attempts + 1)
            .returning(Job.kind, Job.arguments, Job.attempts, Job.created_at)
            .execution_options(synchronize_session=False)
        ).one_or_none()
    return _Claim(job_id, holder, row.kind, row.arguments, row.attempts, row.created_at) if row else None


@contextmanager
def _kept(claim: _Claim) -> Iterator[None]:
    """Renew the lease every third of its length while the work goes on."""
    app, done = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]  # noqa: SLF001
    pause = _jobs().lease.total_seconds() / 3

    def renew() -> None:
        while not done.wait(pause):
            try:
                with app.app_context():
                    _settle(claim, lease_until=clock.now() + _jobs().lease, release=False)
            except SQLAlchemyError as fault:  # the database is away or busy: the next turn may find it again
                log.warning("lease_not_renewed", job=claim.id, fault=type(fault).__name__)

    keeper = threading.Thread(target=renew, name=f"lease-{claim.id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _put_back(claim: _Claim, seconds: float, fault: str | None) -> None:
    """Try again later, or give up where all attempts are used; what gave up stays visible."""
    now = clock.now()
    if fault is not None and claim.attempts >= MOST_ATTEMPTS:
        _give_up(claim, fault)
        return
    attempts = claim.attempts if fault is not None else claim.attempts - 1
    try:
        held = _settle(claim, run_at=now + timedelta(seconds=seconds), attempts=attempts, last_error=fault)
    except IntegrityError:  # a newer job of the same key waits already: it does this one's work
        _settle(claim, finished_at=now, last_error="superseded")
        return
    if held:
        _jobs().engine.tell(claim.id, seconds)


def _give_up(claim: _Claim, why: str, **values: Any) -> None:
    if _settle(claim, failed_at=clock.now(), last_error=why, **values):
        log.error("job_gave_up", job=claim.id, kind=claim.kind, why=why)


def _settle(claim: _Claim, *, release: bool = True, **values: Any) -> bool:
    """Write to the row while this claim holds it; a lost lease writes nothing over somebody else's."""
    if release:
        values = {"lease_until": None, "lease_holder": None, **values}
    with transaction():
        mine = update(Job).where(Job.id == claim.id, Job.lease_holder == claim.holder).values(**values)
        done = db.session.execute(mine.execution_options(synchronize_session=False))
        held: int = done.rowcount  # type: ignore[attr-defined]
    return held == 1


def _wait_after(attempts: int) -> float:
    """Twice as long after each fault."""
    return _some_of(2.0**attempts)


def _some_of(seconds: float) -> float:
    """An hour at most, with jitter so that many do not come back together."""
    return min(seconds, _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret hangs on it


def _without_arguments(act: Callable[[], None]) -> Handler:
    return lambda _arguments: act()
