"""Waiting for what a job does: not for ever, with a sign of life, and with the reason when it does not come."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.jobs import Job, run_job
from lti_tool.jobs.queue import due_jobs
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.record import OPERATOR, Mismatch
from lti_tool.launch.selftest.runs import Pulse, run_row
from lti_tool.words import to_say

_LOOKS_EVERY = 0.2
NO_WORKER = to_say("no worker is running: start `lti-tool work`, or `lti-tool serve` without JOBS_URL")
BUSY = to_say(
    "the worker has other work and has not come to it: try again when it is quiet, or start another worker"
)
_BECAUSE = Sentence(to_say("%(what)s: %(why)s"))
_WITHIN = Sentence(to_say("%(what)s within %(seconds)s seconds"))


@dataclass(frozen=True)
class Waiting:
    """`patience` is in seconds. `does_jobs`: we are the worker's only thread, and nobody else does any."""

    pulse: Pulse
    patience: float
    does_jobs: bool = False

    def until(self, found: Callable[[], bool], what: str) -> None:
        """Raises `Mismatch` when it is not found in time. `what` says what did not happen."""
        ends = time.monotonic() + self.patience
        while not found():
            db.session.rollback()
            if time.monotonic() > ends:
                raise self._missed(what)
            self.pulse.beat()
            if self.does_jobs:
                for job_id in due_jobs():
                    run_job(job_id)
            time.sleep(_LOOKS_EVERY)

    def _missed(self, what: str) -> Mismatch:
        """What was asked for and never begun says that nobody works, or that who works does not come to it."""
        began, now = run_row(self.pulse.run_id).started_at, clock.now()
        ours = (Job.created_at >= began, Job.kind.not_like("schedule.%"))
        untouched = _count(*ours, Job.attempts == 0, Job.finished_at.is_(None), Job.run_at <= now)
        at_work = _count((Job.lease_until > now) | (Job.finished_at >= began))
        db.session.rollback()
        if untouched:
            return Mismatch(_BECAUSE(what=what, why=BUSY if at_work else NO_WORKER), OPERATOR)
        return Mismatch(_WITHIN(what=what, seconds=f"{self.patience:.0f}"))


def _count(*conditions: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).select_from(Job).where(*conditions)) or 0
