"""Who starts a self-test: an administrator at the console, through a job, or the command, which does it itself.

Whatever a run that was cut off has left is removed when the next one starts, and by the schedule.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import current_app
from sqlalchemy import delete

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import enqueue
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.runner import PATIENCE, Tell, cut_off, run_self_test, take_down
from lti_tool.launch.selftest.runs import KEPT_FOR, add_run, is_dead, running_run
from lti_tool.logs import log
from lti_tool.people.audit import name_deeds, note
from lti_tool.words import to_say

JOB = "selftest.run"

name_deeds({"selftest.started": to_say("A self-test was started")})


def ask_for_run(administrator: str) -> str:
    """A run that a worker will do. Answers its id. Raises `Problem` self_test_running."""
    _clear_the_way()
    with transaction():
        run = add_run(administrator)
        enqueue(JOB, {"run": run.id}, key=f"{JOB}:{run.id}")
        note("selftest.started", actor_kind="administrator", actor=administrator, subject=run.id)
        return run.id


def run_now(*, patience: float, tell: Tell) -> SelfTest:
    """Do a run in this process. Raises `Problem`."""
    _clear_the_way()
    with transaction():
        run = add_run(None)
        note("selftest.started", actor_kind="command", subject=run.id)
        run_id = run.id
    run_self_test(run_id, patience=patience, does_jobs=False, tell=tell)
    return db.session.get_one(SelfTest, run_id, populate_existing=True)


def run_asked_for(arguments: Mapping[str, Any]) -> None:
    """The job. One that begins a second time was cut off: what it left is removed, and it stays broken."""
    run = db.session.get(SelfTest, str(arguments["run"]), populate_existing=True)
    if run is None or run.state != "running":
        return
    run_id, was_begun = run.id, run.organization_id is not None
    if was_begun:
        take_down(run_id, "broken", cut_off(to_say("The worker was stopped in its middle.")))
        return
    alone = current_app.extensions["settings"].job_threads == 1
    with suppress(Problem):  # the run says so itself
        run_self_test(run_id, patience=PATIENCE, does_jobs=alone, tell=lambda *_: None)


def sweep_self_tests() -> None:
    """Remove what runs that were cut off have left, and runs older than a month. Runs on the schedule."""
    run = running_run()
    if run is not None and is_dead(run):
        _bury(run)
    with transaction():
        old = delete(SelfTest).where(SelfTest.state != "running", SelfTest.started_at < clock.now() - KEPT_FOR)
        db.session.execute(old.execution_options(synchronize_session=False))


def _clear_the_way() -> None:
    run = running_run()
    if run is not None and is_dead(run):
        _bury(run)
    db.session.rollback()


def _bury(run: SelfTest) -> None:
    why = to_say("It was cut off in its middle.") if run.total else to_say("No worker took it up.")
    log.warning("self_test_cut_off", run=run.id)
    take_down(run.id, "broken", cut_off(why))
