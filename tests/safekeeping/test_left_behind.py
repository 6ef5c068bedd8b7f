"""A backup that is killed in the middle leaves nothing that stays, and one that runs says how long it still takes."""

import os
import pty
import re
import subprocess
import sys
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


def a_folder_of_theirs(kept: Path, name: str, *files: str) -> None:
    """It has lain there since last year."""
    folder = kept / name
    folder.mkdir()
    for file in files:
        (folder / file).write_text("theirs")
    os.utime(folder, (1.0, 1.0))


def test_folders_of_other_people_that_are_called_like_ours_are_let_be_however_old_they_are(
    app: Flask, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    a_folder_of_theirs(kept, ".backup-old", "all.tar")
    a_folder_of_theirs(kept, ".backup-20261130", "all.tar", "notes")
    a_folder_of_theirs(kept, ".backup-secrets_", "keys")
    a_folder_of_theirs(kept, ".backup-whatever", "held", "notes")
    a_folder_of_theirs(kept, ".backup-mount")
    before = {path: path.read_text() for path in kept.rglob("*") if path.is_file()}
    taken = command("backup", str(kept / "one.backup"))

    assert taken.exit_code == 0, taken.output
    assert {path: path.read_text() for path in before if path.exists()} == before
    assert (kept / ".backup-mount").is_dir()


def test_what_was_killed_before_it_held_its_folder_is_cleared_away_after_a_minute(app: Flask, tmp_path: Path) -> None:
    a_folder_of_theirs(tmp_path, ".backup-old_one_")
    (tmp_path / ".backup-new_one_").mkdir()
    taken = command("backup", str(tmp_path / "one.backup"))

    assert taken.exit_code == 0, taken.output
    assert left_in(tmp_path) == [".backup-new_one_"]


def test_a_backup_that_is_being_taken_is_not_cleared_away(filled: dict[str, str], tmp_path: Path) -> None:
    with whole_or_not_at_all(tmp_path / "first.backup") as (folder, out):
        out.write(b"half")
        taken = command("backup", str(tmp_path / "second.backup"))

        assert taken.exit_code == 0, taken.output
        assert left_in(tmp_path) == [folder.name]
    assert (tmp_path / "first.backup").read_bytes() == b"half"
    assert left_in(tmp_path) == []


def test_at_a_terminal_it_is_told_how_far_a_backup_is(filled: dict[str, str], tmp_path: Path) -> None:
    said = at_a_terminal([LTI_TOOL, "backup", str(tmp_path / "all.backup")], environment(tmp_path, **filled))

    told = [int(percent) for percent in re.findall(r"Rows +\[[#-]+\] +(\d+)%", said)]
    assert 100 in told
    assert any(0 < percent < 100 for percent in told), said


def test_whatever_lasts_longer_than_a_second_says_how_much_time_is_left(tmp_path: Path) -> None:
    slowly = "import time\nfrom lti_tool.safekeeping.answers import counting\n"
    slowly += "with counting('Rows', 4) as count:\n    for _ in range(4):\n        time.sleep(0.6); count(1)\n"

    said = at_a_terminal([sys.executable, "-c", slowly], environment(tmp_path))

    assert re.search(r"Rows +\[[#-]+\] +\d\d% +00:00:0\d", said), said


def at_a_terminal(words: list[str], env: dict[str, str]) -> str:
    """What somebody reads who starts a program at a terminal, which has to end well."""
    screen, program = pty.openpty()
    with subprocess.Popen(words, env=env, stdout=subprocess.DEVNULL, stderr=program) as run:
        os.close(program)
        said = b"".join(_seen(screen)).decode()
    os.close(screen)
    assert run.returncode == 0, said
    return said


def _seen(screen: int) -> Iterator[bytes]:
    with suppress(OSError):  # what Linux says when the program has gone
        while seen := os.read(screen, 65536):
            yield seen
