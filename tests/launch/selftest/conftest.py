"""What the tests of the self-test share: an installation that tests itself, once for each database."""

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lti_tool.badges.model import Award
from lti_tool.db import Row, db
from lti_tool.jobs import Job, run_worker
from lti_tool.launch.selftest.doing import run_now
from lti_tool.launch.selftest.model import SelfTest
from lti_tool.launch.selftest.record import Result
from lti_tool.people.admin.model import AuditEntry
from tests.make.lms import Campus, campus
from tests.make.postgres import create_database

OWN = {"self_test", "job", "audit_entry", "audit_removal"}


@dataclass
class SelfTested:
    """An installation that has tested itself: what it found, and what was there before, in the middle and after."""

    school: Campus
    report: dict[str, Any] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    middle: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    files: tuple[list[str], list[str]] = ([], [])
    awards: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)

    def case(self, case_id: str) -> dict[str, Any]:
        return next(one for one in self.report["cases"] if one["id"] == case_id)


def rows() -> Counter[str]:
    """How many rows lie in each table; of jobs and of the log, those that a run might leave."""
    counted: Counter[str] = Counter()
    for table in Row.metadata.sorted_tables:
        if table.name not in OWN:
            counted[table.name] = db.session.scalar(select(func.count()).select_from(table)) or 0
    jobs = select(func.count()).select_from(Job).where(Job.kind.not_like("schedule.%"))
    log = select(func.count()).select_from(AuditEntry).where(AuditEntry.deed != "selftest.started")
    counted["job"], counted["audit_entry"] = db.session.scalar(jobs) or 0, db.session.scalar(log) or 0
    db.session.rollback()
    return counted


def stored(app: Flask) -> list[str]:
    """The names of the stored files."""
    folder = Path(app.extensions["settings"].data_dir) / "files"
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@contextmanager
def working(app: Flask) -> Iterator[None]:
    """A real worker in a thread of its own."""
    stop = threading.Event()
    thread = threading.Thread(target=run_worker, args=(app, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


@pytest.fixture(scope="module")
def tested(migrated: str, database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SelfTested]:
    folder = tmp_path_factory.mktemp("self-test")
    with campus(_copy(migrated, database_kind, folder), folder / "data", job_sweep_seconds=0.5) as school:
        found = SelfTested(school)
        with working(school.app):
            found.before, files = rows(), stored(school.app)
            run = run_now(patience=60.0, tell=_listener(found))
            found.report, found.after = dict(run.report or {}), rows()
            found.files = (files, stored(school.app))
        yield found


def _listener(found: SelfTested) -> Callable[[Result, int, int], None]:
    def tell(result: Result, number: int, total: int) -> None:
        found.told.append(f"{number}/{total} {result.id}")
        if result.id == "A4":
            found.middle = rows()
            found.awards = list(db.session.scalars(select(Award.id)))
            found.bases = [str(world["base"]) for world in db.session.scalars(select(SelfTest.world))]
            db.session.rollback()

    return tell


def _copy(migrated: str, database_kind: str, folder: Path) -> str:
    if database_kind == "sqlite":
        shutil.copy(migrated.removeprefix("sqlite:///"), folder / "spaces.db")
        return f"sqlite:///{folder / 'spaces.db'}"
    return create_database(migrated, template=True)
