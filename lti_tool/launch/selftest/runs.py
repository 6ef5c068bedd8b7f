"""The rows of runs: begun one at a time, alive while somebody works on them, ended with a report, kept for a month."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.launch.selftest import problems as problems
from lti_tool.launch.selftest.model import TITLE_LENGTH, SelfTest, SelfTestCall

KEPT_FOR = timedelta(days=30)
DEAD_AFTER = timedelta(minutes=2)  # longer than any one step of a run may take


def run_row(run_id: str) -> SelfTest:
    """Raises `Problem` not_found."""
    row = db.session.get(SelfTest, run_id, populate_existing=True)
    if row is None:
        raise Problem("not_found")
    return row


def running_run() -> SelfTest | None:
    return db.session.scalar(select(SelfTest).where(SelfTest.state == "running"))


def is_dead(run: SelfTest) -> bool:
    """Nobody has worked on it for a while: its process ended, or no worker took it up."""
    return run.alive_at < clock.now() - DEAD_AFTER


def add_run(asked_by: str | None) -> SelfTest:
    """A new run, inside a transaction. Raises `Problem` self_test_running."""
    row = SelfTest(asked_by=asked_by)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        raise Problem("self_test_running") from None
    return row


@dataclass
class Pulse:
    """Shows that somebody works on a run, and how far it is. Beats at most once a second between two cases."""

    run_id: str
    beaten_at: datetime | None = None

    def beat(self, *, force: bool = False, **how_far: Any) -> None:
        now = clock.now()
        if not force and self.beaten_at is not None and now - self.beaten_at < timedelta(seconds=1):
            return
        self.beaten_at = now
        with transaction():
            row = run_row(self.run_id)
            row.alive_at = now
            for name, value in how_far.items():
                setattr(row, name, value[:TITLE_LENGTH] if isinstance(value, str) else value)


def end_run(run_id: str, state: str, report: dict[str, Any]) -> None:
    """The last word on a run: beside its report nothing of its world is kept. Inside a transaction."""
    row = run_row(run_id)
    calls = delete(SelfTestCall).where(SelfTestCall.run_id == run_id)
    db.session.execute(calls.execution_options(synchronize_session=False))
    row.state, row.report, row.ended_at = state, report, clock.now()
    row.world, row.secret_hash, row.organization_id, row.doing = {}, None, None, ""


def all_runs() -> list[SelfTest]:
    """The newest first."""
    return list(db.session.scalars(select(SelfTest).order_by(SelfTest.started_at.desc()).limit(200)))
