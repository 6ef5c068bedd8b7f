"""The night after the day: nobody comes, nothing is in trouble, and what still has to leave the house leaves it."""

import time
from datetime import timedelta

from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job
from lti_tool.launch.gradebook import sweep
from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.pausing import PlatformPause

_PATIENCE = 240.0


def settle() -> list[str]:
    """Hours pass in a moment: what waits has waited long enough. Answers what never came to rest."""
    ends = time.monotonic() + _PATIENCE
    for _ in range(2):  # the second sweep finds what the first one's jobs have left
        sweep()
        while (left := _left()) and time.monotonic() < ends:
            _have_waited()
            time.sleep(1.0)
    return [f"{left} jobs never came to rest"] if left else []


def gave_up() -> list[str]:
    """Jobs that were given up, and scores that did not go out, with why."""
    db.session.rollback()
    jobs = db.session.execute(select(Job.kind, Job.last_error, Job.attempts).where(Job.failed_at.is_not(None))).all()
    scores = select(Score.state, Score.problem, func.count()).where(Score.state != "sent")
    return [
        *(f"the job {kind} gave up after {attempts} attempts: {error}" for kind, error, attempts in jobs),
        *(f"{number} scores are {state} ({problem})" for state, problem, number
          in db.session.execute(scores.group_by(Score.state, Score.problem))),
    ]  # fmt: skip


def begun_again() -> int:
    """Jobs of which a worker was killed, or that met a fault, and that were done in the end all the same."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Job).where(Job.attempts > 1)) or 0


def _left() -> int:
    db.session.rollback()
    waiting = select(func.count()).select_from(Job).where(Job.finished_at.is_(None), Job.failed_at.is_(None))
    return db.session.scalar(waiting) or 0


def _have_waited() -> None:
    now = clock.now()
    later = now + timedelta(seconds=1)
    with transaction():
        db.session.execute(
            update(Job).where(Job.finished_at.is_(None), Job.failed_at.is_(None), Job.run_at > later).values(run_at=now)
        )
        db.session.execute(update(PlatformPause).where(PlatformPause.until > now).values(until=now))
    db.session.remove()
