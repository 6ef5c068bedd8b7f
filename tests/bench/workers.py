"""One web process and two on PostgreSQL: what they answer of a mix that mostly reads, and who is busy meanwhile.

Each serves the same house on a database of its own. Beside the requests per second stands the processor time of the web
processes, of all sessions of the database and of the client, for on a small machine these three share what there is.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lti_tool.badges.awards import Recipient
from lti_tool.launch.visits import COOKIE
from lti_tool.people.visit import Role
from tests.bench.crowd import make_crowd, make_progress, settle
from tests.bench.databases import Kind, house, postgresql
from tests.bench.grid import OBJECTIVES
from tests.bench.http_client import clocked
from tests.bench.launch import CONNECTIONS, Scene, Serving, doors
from tests.bench.measure import Served, in_turn
from tests.bench.processor import seconds_of_family, server_behind
from tests.make.award import make_award
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge
from tests.make.visit import Visitor, make_visit

LEARNERS = 1_000
LAUNCHES, BOARDS, GRIDS, AWARDS = 150, 240, 30, 180
ROUNDS = 5
_SERVINGS = [Serving(f"{count} × 8 threads", ("--workers", str(count), "--threads", "8"), ROUNDS) for count in (1, 2)]


def measure() -> Iterator[Served]:
    with postgresql() as kind, ExitStack() as stack:
        mixes = {one.name: stack.enter_context(_mix(kind, one)) for one in _SERVINGS}
        for mix in mixes.values():
            mix.answer()
            mix.busy.clear()
        rates = in_turn(ROUNDS, {name: mix.answer for name, mix in mixes.items()})
        for name, mix in mixes.items():
            busy = {who: [one[who] for one in mix.busy] for who in mix.busy[0]}
            yield Served(name, rates[name], rates[_SERVINGS[0].name], busy)


@dataclass
class _Mix:
    """What is asked of one house. `busy`: of each round, how much of one processor each has taken."""

    scene: Scene
    database: int
    pages: list[bytes]
    busy: list[dict[str, float]] = field(default_factory=list)

    def answer(self) -> float:
        """Requests per second; every one of them has to be answered as it should be."""
        subs = [f"learner-{number}" for number in range(LAUNCHES)]
        requests = [*self.pages, *self.scene.platform.launches(self.scene.ours, "near", subs)]
        random.Random(LAUNCHES).shuffle(requests)  # noqa: S311
        watched = {"web": self.scene.pid, "database": self.database}
        before = {who: seconds_of_family(pid) for who, pid in watched.items()}
        said = clocked(self.scene.ours.port, requests, CONNECTIONS, self.scene.folder / "requests")
        took = {who: seconds_of_family(pid) - before[who] for who, pid in watched.items()} | {"client": said.processor}
        if said.statuses != {"303": LAUNCHES, "200": len(self.pages)}:
            raise RuntimeError(f"Not everything was answered as it should be: {said.statuses}")
        self.busy.append({who: seconds / said.seconds for who, seconds in took.items()})
        return len(requests) / said.seconds


@contextmanager
def _mix(kind: Kind, serving: Serving) -> Iterator[_Mix]:
    url = kind.fresh()
    with (
        tempfile.TemporaryDirectory(prefix="bench-workers-") as folder,
        doors(Path(folder), serving, url, floors=False) as scene,
    ):
        scene.let_in(LAUNCHES)
        yield _Mix(scene, server_behind(url), _furnish(scene))


def _furnish(scene: Scene) -> list[bytes]:
    """A Space with a board and progress, an award, and requests for their pages."""
    with house(scene.settings) as app:
        organization = make_organization("A school with a grid")
        space, people = make_crowd(organization, LEARNERS)
        make_progress(organization, space, OBJECTIVES, 0.5)
        visit = partial(make_visit, app, organization=organization, space=space)
        learners = [visit(person=person, role=Role.MEMBER) for person in people[-BOARDS // 10 :]]
        teacher = visit(person=make_person(organization))
        award = make_award(make_badge(organization), Recipient(email="ada@example.org"))
        settle()
        boards = [_page(one, "leaderboard") for one in learners] * 10
        return [*boards, *[_page(teacher, "progress")] * GRIDS, *[_request(f"/public/assertions/{award}")] * AWARDS]


def _page(visitor: Visitor, page: str) -> bytes:
    cookie = visitor.client.get_cookie(COOKIE, domain="localhost", path=f"{visitor.path}/")
    return _request(f"{visitor.path}/{page}", f"Cookie: {COOKIE}={cookie.value}\r\n" if cookie else "")


def _request(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n{more}\r\n".encode()
