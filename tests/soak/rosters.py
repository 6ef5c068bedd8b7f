"""`python -m tests.soak.rosters`: a roster of 50,000 from an LMS of which every twentieth answer is a fault.

Is it complete, what does it cost, and is a repeat free? The LMS runs in a process of its own, so that what is measured
here is the tool alone. The exit code is 1 when anybody is missing, or a repeat writes anything.
"""

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select

from lti_tool.app import create_app
from lti_tool.db import db, transaction
from lti_tool.launch.model import RosterRead
from lti_tool.launch.roster import ask_for_roster, read_roster
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.trouble import Trouble
from lti_tool.settings import Settings
from lti_tool.spaces.model import Member
from tests.bench.databases import house_on
from tests.launch.roster.roster_server import make_course
from tests.make.inside import inside
from tests.make.lms import connect
from tests.make.serving import free_port, serving
from tests.make.space import make_space

PAGE = 50
STAFF = 2
_OWN = ("roster_read", "job", "course_key", "platform_keys")  # the book-keeping of a reading itself


@dataclass(frozen=True)
class Report:
    """What a reading came to: `seconds` of the job, `megabytes` by which the process grew at its peak, and `writes` on
    people, members and groups.
    """

    state: str
    problem: str | None
    pages: int
    joined: int
    gone: int
    here: int
    seconds: float
    megabytes: float
    writes: int


@contextmanager
def lms_apart(learners: int, share: float, url: str, tool_url: str) -> Iterator[None]:
    """The sandbox LMS in its own process; a `share` of its answers to roster requests are faults."""
    context = multiprocessing.get_context("spawn")
    ready = context.Event()
    child = context.Process(target=_serve, args=(learners, share, url, tool_url, ready), daemon=True)
    child.start()
    try:
        if not ready.wait(120):
            raise RuntimeError("The LMS did not start.")
        yield
    finally:
        child.terminate()
        child.join()


def _serve(learners: int, share: float, url: str, tool_url: str, ready: Any) -> None:
    sandbox = create_sandbox(SandboxSettings(url=url, tool_url=tool_url, learners=learners, page_size=PAGE))
    sandbox.extensions["sandbox"].faults.troubles.append(Trouble(503, at=("roster",), share=share, seed=5))
    with serving(sandbox, int(url.rpartition(":")[2])):
        ready.set()
        time.sleep(24 * 3600)


@contextmanager
def course_apart(database_url: str, folder: Path, *, learners: int, share: float) -> Iterator[str]:
    """A course with a Space at such an LMS; answers its id. Inside the application's context."""
    port, lms_port = free_port(), free_port()
    url, lms_url = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    app = create_app(
        Settings(
            data_dir=folder, database_url=database_url, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
            log_level="CRITICAL",
        )
    )  # fmt: skip
    with inside(app), serving(app, port), lms_apart(learners, share, lms_url, url):
        registration, organization = connect(lms_url)
        roster = f"{lms_url}/courses/data-literacy/memberships"
        yield make_course(registration, roster, make_space(organization))


def read_once(course: str) -> Report:
    """Ask, do the job, and say what came of it."""
    with transaction():
        read = ask_for_roster(course, by=None)
    before, began = _peak(), time.monotonic()
    with _writes() as writes:
        read_roster({"read": read})
    took, grown = time.monotonic() - began, _peak() - before
    db.session.expire_all()
    row = db.session.get_one(RosterRead, read)
    here = db.session.scalar(select(func.count()).select_from(Member).where(Member.status == "active")) or 0
    return Report(row.state, row.problem, row.pages, row.joined, row.gone, here, took, grown, sum(writes.values()))


@contextmanager
def _writes() -> Iterator["Counter[str]"]:
    found: Counter[str] = Counter()

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        verb, _, rest = statement.partition(" ")
        if verb in ("INSERT", "UPDATE", "DELETE"):
            table = rest.removeprefix("INTO ").removeprefix("FROM ").split(" ", 1)[0]
            if table not in _OWN:
                found[f"{verb} {table}"] += 1

    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told(report: Report) -> str:
    """One line for people."""
    return (
        f"{report.state} ({report.problem or 'no problem'}): {report.pages:,} pages, {report.joined:,} joined, "
        f"{report.gone:,} left, {report.here:,} here; {report.seconds:.0f} s, {report.megabytes:.0f} MB more at the "
        f"peak, {report.writes:,} writing statements"
    )


def main(asked: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.rosters", description=str(__doc__).splitlines()[0])
    parser.add_argument("--learners", type=int, default=50_000)
    parser.add_argument("--share", type=float, default=0.05, help="of the LMS's answers that are faults (default 0.05)")
    said = parser.parse_args(asked)
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        url = f"sqlite:///{Path(name) / 'spaces.db'}"
        with house_on(url):
            pass
        with course_apart(url, Path(name) / "data", learners=said.learners, share=said.share) as course:
            first, second = read_once(course), read_once(course)
    print(f"first: {told(first)}\nagain: {told(second)}")
    complete = first.here == second.here == said.learners + STAFF and second.gone == 0
    return 0 if complete and second.writes == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
