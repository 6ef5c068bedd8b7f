"""How the jobs stand, for the operator: what gave up stays visible, and so does a queue that nobody works on."""

from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.jobs.engine import HueyEngine
from lti_tool.jobs.model import Job
from lti_tool.jobs.queue import Jobs, is_due

_RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Queue:
    """The engine's queue: messages that nobody has taken yet, or the kind of fault with which it does not answer."""

    waiting: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Standing:
    """Jobs that gave up in the last week, by kind and reason, and for how long the oldest due one has waited."""

    gave_up: dict[tuple[str, str], int]
    waits: timedelta


def standing() -> Standing:
    now = clock.now()
    why = (Job.kind, Job.last_error)
    failed = select(*why, func.count()).where(Job.failed_at > now - _RECENT).group_by(*why).order_by(*why)
    oldest = db.session.scalar(select(func.min(Job.run_at)).where(is_due(now)))
    gave_up = {(str(kind), why or "unknown"): int(count) for kind, why, count in db.session.execute(failed)}
    return Standing(gave_up, now - oldest if oldest else timedelta())


def given_up_long_ago() -> ColumnElement[bool]:
    days = current_app.extensions["settings"].failed_jobs_days
    return Job.failed_at < clock.now() - timedelta(days=days)


def is_open(key: str) -> bool:
    """Is a job of this key waiting, or under way?"""
    mine = select(Job.id).where(Job.unique_key == key, Job.finished_at.is_(None), Job.failed_at.is_(None))
    return db.session.scalar(mine.limit(1)) is not None


def queue() -> Queue:
    """How the queue answers now. A site's own engine looks after its own."""
    jobs: Jobs = current_app.extensions["jobs"]
    if not isinstance(jobs.engine, HueyEngine):
        return Queue()
    try:
        return Queue(waiting=jobs.engine.waiting())
    except Exception as fault:  # whatever client it has: each has its own kinds
        return Queue(fault=type(fault).__name__)
