"""A backup and its way back, beside the database's own tools, and how much memory they take with ten times the rows."""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db
from lti_tool.safekeeping.backing_up import back_up
from lti_tool.safekeeping.restoring import restore
from tests.bench.databases import Kind, house_on
from tests.bench.many_awards import make_awards, sizes
from tests.bench.measure import Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.programs import LTI_TOOL, environment
from tests.make.space import make_badge
from tests.make.staff import make_staff

ROUNDS = 3


def measure(kind: Kind) -> Iterator[Finding]:
    few, many = sizes()[-2:]
    with TemporaryDirectory(prefix="bench-safekeeping-") as name:
        folder, empty = Path(name), _empty(kind)
        small, large = _filled(kind, few), _filled(kind, many)
        taken = in_turn(ROUNDS, {"ours": lambda: _backup(large, folder), "floor": lambda: _dump(large, folder)})
        what = f"Backup of {many:,} people with an award each ({kind.name})"
        yield Finding(what, taken["ours"], _TOOLS[kind.name][0], taken["floor"], "s", _AT_MOST[kind.name])
        backs = in_turn(
            ROUNDS, {"ours": lambda: _restore(kind.copy(empty), folder), "floor": lambda: _load(kind, folder)}
        )
        what = f"Restore of {many:,} people with an award each, compared with the backup ({kind.name})"
        yield Finding(what, backs["ours"], _TOOLS[kind.name][1], backs["floor"], "s")
        for verb, act in (("Backup", _peak_of_backup), ("Restore", _peak_of_restore)):
            peaks = [[act(kind, one, empty, folder)] for one in (large, small)]
            what = f"{verb} of {many:,}: memory of the process at its highest ({kind.name})"
            yield Finding(what, peaks[0], f"with {few:,}", peaks[1], "MB", Target(at_most=1.5))


_TOOLS = {"SQLite": ("sqlite3's .backup", "a copy of the file"), "PostgreSQL": ("pg_dump -Fc", "pg_restore")}
_AT_MOST = {"SQLite": None, "PostgreSQL": Target(at_most=10.0)}
_numbers = count()


def _empty(kind: Kind) -> str:
    """A database with every table and no row, that nobody has open."""
    url = kind.fresh()
    with house_on(url):
        pass
    return url


def _filled(kind: Kind, learners: int) -> str:
    url = kind.fresh()
    with house_on(url):
        organization = make_organization()
        badge, editor = make_badge(organization, "Explorer"), make_person(organization, "Edda Editor")
        make_staff(first_issuer_of(organization), editor)
        make_awards(organization, badge, editor, learners)
    return url


def _backup(url: str, folder: Path) -> float:
    """The one that is restored later is always there."""
    file = folder / "ours.backup"
    file.unlink(missing_ok=True)
    return _in_house(url, lambda _: back_up(file))


def _restore(url: str, folder: Path) -> float:
    return _in_house(url, lambda _: restore(folder / "ours.backup"))


def _in_house(url: str, act: Callable[[Flask], object]) -> float:
    with house_on(url) as app:
        db.session.remove()
        return seconds(lambda: act(app))


def _dump(url: str, folder: Path) -> float:
    file = folder / "floor.backup"
    file.unlink(missing_ok=True)
    if url.startswith("sqlite"):
        return seconds(lambda: _copy_pages(url.removeprefix("sqlite:///"), file))
    return seconds(lambda: _run("pg_dump", "--format=custom", f"--file={file}", url))


def _load(kind: Kind, folder: Path) -> float:
    url = kind.fresh()
    if url.startswith("sqlite"):
        return seconds(lambda: shutil.copy(folder / "floor.backup", url.removeprefix("sqlite:///")))
    return seconds(lambda: _run("pg_restore", f"--dbname={url}", str(folder / "floor.backup")))


def _copy_pages(source: str, file: Path) -> None:
    with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(file)) as there:
        here.backup(there)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


def _peak_of_backup(_kind: Kind, url: str, _empty: str, folder: Path) -> float:
    return _peak(url, folder, "backup", str(folder / f"{next(_numbers)}.backup"))


def _peak_of_restore(kind: Kind, url: str, empty: str, folder: Path) -> float:
    file = folder / f"{next(_numbers)}.backup"
    _peak(url, folder, "backup", str(file))
    return _peak(kind.copy(empty), folder, "restore", str(file))


def _peak(url: str, folder: Path, *words: str) -> float:
    """The command as an operator starts it: what the system says it had resident at most. Not asked when it has ended:
    that figure counts what its parent had before the program was loaded.
    """
    peak = 0.0
    program = subprocess.Popen(
        [LTI_TOOL, *words], cwd=folder, env=environment(folder, DATABASE_URL=url, SECRET_KEY="one"),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while program.poll() is None:
        peak = _resident_at_most(program.pid) or peak
        time.sleep(0.01)
    if program.returncode:
        raise RuntimeError(f"{words[0]} ended with {program.returncode}")
    return peak


def _resident_at_most(pid: int) -> float | None:
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else None
    return None
