"""A backup and its way back as an operator has them: how long, and in how much memory, beside the database's tools."""

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from lti_tool.badges.issuers import first_issuer_of
from tests.bench.databases import Kind, house_on
from tests.bench.many_awards import make_awards, sizes
from tests.bench.measure import Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.programs import LTI_TOOL, environment
from tests.make.space import make_badge
from tests.make.staff import make_staff

ROUNDS = 1  # of a million rows and more each lasts minutes
_TOOLS = {"SQLite": ("sqlite3's .backup", "a copy of the file"), "PostgreSQL": ("pg_dump -Fc", "pg_restore")}
_AT_MOST = {"SQLite": None, "PostgreSQL": Target(at_most=10.0)}

Ours = Callable[[int, list[float]], float]
"""With so many awards: seconds. The memory of the process at its highest, in MB, is put into the list."""


def measure(kind: Kind) -> Iterator[Finding]:
    with TemporaryDirectory(prefix="bench-safekeeping-") as name:
        folder, empty = Path(name), with_tables(kind)
        urls = {count: filled(kind, count) for count in sizes()[-2:]}
        many = urls[max(urls)]

        def back_up(count: int, peaks: list[float]) -> float:
            return run_tool(peaks, urls[count], folder, "backup", str(folder / f"{count}.backup"))

        def restore(count: int, peaks: list[float]) -> float:
            return run_tool(peaks, kind.copy(empty), folder, "restore", str(folder / f"{count}.backup"))

        dump, load = _TOOLS[kind.name]
        yield from _measure("Backup", kind, back_up, partial(_dump, many, folder), dump, _AT_MOST[kind.name])
        yield from _measure("Restore, compared with the backup,", kind, restore, partial(_load, kind, folder), load)


def _measure(
    verb: str, kind: Kind, ours: Ours, floor: Callable[[], float], floor_is: str, target: Target | None = None
) -> Iterator[Finding]:  # fmt: skip
    few, many = sizes()[-2:]
    small, large = list[float](), list[float]()
    ours(few, small)
    found = in_turn(ROUNDS, {"ours": lambda: ours(many, large), "floor": floor})
    what = f"{verb} of {many:,} people with an award each"
    yield Finding(f"{what} ({kind.name})", found["ours"], floor_is, found["floor"], "s", target)
    what = f"{what}: memory of the process at its highest ({kind.name})"
    yield Finding(what, [max(large)], f"with {few:,}", [max(small)], "MB", Target(at_most=1.5))


def with_tables(kind: Kind) -> str:
    """A database with every table and no row, that nobody has open."""
    url = kind.fresh()
    with house_on(url):
        pass
    return url


def filled(kind: Kind, learners: int) -> str:
    """One with so many people, each with an award."""
    url = kind.fresh()
    with house_on(url):
        organization = make_organization()
        badge, editor = make_badge(organization, "Explorer"), make_person(organization, "Edda Editor")
        make_staff(first_issuer_of(organization), editor)
        make_awards(organization, badge, editor, learners)
    return url


def run_tool(peaks: list[float], url: str, folder: Path, *words: str) -> float:
    """Seconds of the command as an operator starts it; to `peaks` goes what the system says it had resident at most, in
    MB. Not asked when it has ended: that figure counts what its parent had before the program was loaded.
    """
    peak, began = 0.0, time.perf_counter()
    print(f"lti-tool {' '.join(words)}", file=sys.stderr, flush=True)
    program = subprocess.Popen(
        [LTI_TOOL, *words], cwd=folder, env=environment(folder, DATABASE_URL=url, SECRET_KEY="one"),
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    while program.poll() is None:
        peak = _resident_at_most(program.pid) or peak
        time.sleep(0.01)
    if program.returncode:
        raise RuntimeError(f"{words[0]} ended with {program.returncode}")
    peaks.append(peak)
    return time.perf_counter() - began


def _resident_at_most(pid: int) -> float | None:
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else None
    return None


def _dump(url: str, folder: Path) -> float:
    file = folder / "floor.backup"
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
