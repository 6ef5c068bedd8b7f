"""A backup that is killed in the middle leaves nothing that stays, and one that runs says how long it still takes."""

import os
import pty
import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.jobs.model import Job
from lti_tool.safekeeping.aside import whole_or_not_at_all
from lti_tool.settings import Settings
from tests.make.programs import LTI_TOOL, environment, spelled, started, wait_until
from tests.safekeeping.conftest import command

MANY = 20_000


@pytest.fixture
def filled(app: Flask, settings: Settings) -> dict[str, str]:
    """Enough rows for a backup to last a moment. Answers the settings, as the environment says them."""
    words = {"kind": "long", "arguments": {"words": "long " * 20}, "run_at": clock.now()}
    with transaction() as connection:
        connection.execute(insert(Job), [{**words, "id": new_id()} for _ in range(MANY)])
    db.session.remove()
    return {name: value for name, value in spelled(settings).items() if name != "DATA_DIR"}


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob(".backup-*"))


def test_what_a_killed_backup_leaves_is_cleared_away_by_the_next(filled: dict[str, str], tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    with started([LTI_TOOL, "backup", str(kept / "one.backup")], tmp_path, **filled) as killed:
        wait_until(lambda: any(kept.glob(".backup-*/unfinished")))
        killed.process.kill()
        killed.process.wait()
    left = left_in(kept)
    (kept / ".backup-of-mine").mkdir()
    (kept / ".backup-of-mine" / "notes").touch()
    taken = command("backup", str(kept / "two.backup"))

    assert (len(left), (kept / "one.backup").exists()) == (1, False)
    assert taken.exit_code == 0, taken.output
    assert left_in(kept) == [".backup-of-mine"], "a new folder of which nothing is known is let be"


def test_a_backup_that_is_being_taken_is_not_cleared_away(filled: dict[str, str], tmp_path: Path) -> None:
    with whole_or_not_at_all(tmp_path / "first.backup") as (folder, out):
        out.write(b"half")
        taken = command("backup", str(tmp_path / "second.backup"))

        assert taken.exit_code == 0, taken.output
        assert left_in(tmp_path) == [folder.name]
    assert (tmp_path / "first.backup").read_bytes() == b"half"
    assert left_in(tmp_path) == []


def test_at_a_terminal_the_time_that_is_left_is_told(filled: dict[str, str], tmp_path: Path) -> None:
    screen, program = pty.openpty()
    words = [LTI_TOOL, "backup", str(tmp_path / "all.backup")]
    with subprocess.Popen(words, env=environment(tmp_path, **filled), stdout=subprocess.DEVNULL, stderr=program) as run:
        os.close(program)
        said = b"".join(_seen(screen)).decode()
    os.close(screen)

    assert run.returncode == 0
    told = re.findall(r"Rows +\[[#-]+\] +(\d+)%(?: +(\d\d:\d\d:\d\d))?", said)
    assert ("100", "") in told, said
    assert any(0 < int(percent) < 100 and left for percent, left in told), said


def _seen(screen: int) -> Iterator[bytes]:
    with suppress(OSError):  # what Linux says when the program has gone
        while seen := os.read(screen, 65536):
            yield seen
