"""The operator of the university: takes backups while everybody works, and restores them elsewhere at night."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.make.inside import inside
from tests.make.postgres import create_database
from tests.make.programs import LTI_TOOL, environment
from tests.soak.day.ledger import Moment
from tests.soak.day.university import University

_PATIENCE = 600.0


@dataclass(frozen=True)
class Backup:
    file: Path
    moment: Moment


@dataclass
class Operator:
    """`refused` are backups that could not be taken, with what the command said: the database was away."""

    school: University
    backups: list[Backup] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def act(self) -> None:
        with self._one_at_a_time:
            self._back_up()

    def _back_up(self) -> None:
        file, began = self.school.folder / f"backup-{len(self.backups) + len(self.refused)}", time.time()
        done = _lti_tool(self.school.folder, "backup", str(file), **self.school.settings)
        if done.returncode == 0:
            self.backups.append(Backup(file, Moment(began, time.time())))
        else:
            self.refused.append((done.stderr or done.stdout).strip().splitlines()[-1])
            if file.exists():
                self.refused[-1] += " AND LEFT A FILE"

    @contextmanager
    def restored(self, backup: Backup, *, on_postgresql: bool) -> Iterator[Flask]:
        """Another installation, on another machine: its own folder, its own database, the same secret."""
        folder = self.school.folder / f"restored-{backup.file.name}"
        folder.mkdir()
        url = create_database(self.school.database.url) if on_postgresql else f"sqlite:///{folder / 'spaces.db'}"
        secret = self.school.settings["SECRET_KEY"]
        done = _lti_tool(folder, "restore", str(backup.file), DATABASE_URL=url, SECRET_KEY=secret)
        if done.returncode:
            raise RuntimeError(f"{backup.file.name} could not be restored: {done.stderr or done.stdout}")
        app = create_app(Settings(data_dir=folder, database_url=url, secret_key=secret, log_level="CRITICAL"))
        with inside(app):
            yield app


def _lti_tool(folder: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """On a day like this a command may take its time."""
    said = environment(folder, **settings)
    return subprocess.run([LTI_TOOL, *words], cwd=folder, env=said, capture_output=True, text=True, timeout=_PATIENCE)
