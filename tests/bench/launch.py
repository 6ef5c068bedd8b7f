"""Launches per second: the POST of the id_token with everything checked and written, beside three floors.

The tool is served as it is in life. The logins are begun before the clock starts, through the real login endpoints;
the clock is a process of its own. The learners are members of one course's Space already: a Monday morning.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from lti_tool.db import db, transaction
from lti_tool.launch.model import CourseKey, Deployment, VisitRow
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.settings import Settings
from tests.bench.crowd import settle
from tests.bench.databases import Kind, house
from tests.bench.http_client import clocked
from tests.bench.launch_floors import KNOWN, make_nonces
from tests.bench.launch_platform import CLIENT, COURSE, DEPLOYMENT, BenchPlatform, Door
from tests.bench.measure import Acts, Count, Finding, Target, in_turn
from tests.bench.servers import gunicorn, program
from tests.make.serving import free_port
from tests.make.space import make_space

LEARNERS = 600
FAR_LEARNERS = 120
FEW = 200
ROUNDS = 5
CONNECTIONS = 16
_STOCK = "PyLTI1p3's stock Flask flow"


@dataclass(frozen=True)
class Serving:
    """How gunicorn runs all of them: the house's own way, or another one for comparison."""

    name: str
    how: tuple[str, ...]
    rounds: int


THREADS = Serving("gthread, 1 worker × 8 threads", ("--workers", "1", "--threads", "8"), ROUNDS)
PROCESSES = Serving("2 plain sync workers", ("--worker-class", "sync", "--workers", "2", "--threads", "1"), 3)


def measure() -> Iterator[Finding | Count]:
    for serving in (THREADS, PROCESSES):
        yield from _measure(serving)


def _measure(serving: Serving) -> Iterator[Finding | Count]:
    with tempfile.TemporaryDirectory(prefix="bench-launch-") as folder, doors(Path(folder), serving) as scene:
        clocks = {
            "ours": scene.clock(scene.ours, "near", LEARNERS),
            "bare": scene.clock(scene.bare, "near", LEARNERS),
            "stock": scene.clock(scene.stock, "near", LEARNERS),
            "ours far": scene.clock(scene.ours, "far", LEARNERS),
            "stock far": scene.clock(scene.stock, "far", FAR_LEARNERS),
        }
        for clock in clocks.values():
            clock()
        found = in_turn(serving.rounds, clocks)
        visits = scene.visits()
    for floor, floor_is, least in (("bare", "a bare route: RS256, one nonce", 0.55), ("stock", _STOCK, 1.5)):
        yield _finding(f"Launch ({serving.name})", found["ours"], floor_is, found[floor], least)
    what = f"Launch with the platform's keys 50 ms away ({serving.name})"
    yield _finding(what, found["ours far"], _STOCK, found["stock far"], 15.0)
    launched = 2 * LEARNERS * (serving.rounds + 1)
    yield Count(f"Visits that {launched:,} launches left in the database ({serving.name})", visits, launched)


@contextmanager
def at_sizes(kind: Kind, people: Sequence[int]) -> Iterator[Acts]:
    """Seconds of one of the launches of a few, in a course where so many have launched before."""
    with ExitStack() as stack:
        acts = Acts()
        for count in people:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-launch-")))
            scene = stack.enter_context(doors(folder, THREADS, kind.fresh(), floors=False))
            scene.let_in(count)
            acts[count] = partial(_seconds_of_one, scene.clock(scene.ours, "near", FEW))
        yield acts


def _seconds_of_one(rate: Callable[[], float]) -> float:
    return 1 / rate()


def _finding(what: str, ours: list[float], floor_is: str, floor: list[float], least: float) -> Finding:
    return Finding(what, ours, floor_is, floor, "per s", Target(at_least=least))


@dataclass(frozen=True)
class Scene:
    """The doors that stand open, the process behind ours, and the platform whose learners come."""

    folder: Path
    platform: BenchPlatform
    settings: Settings
    ours: Door
    bare: Door
    stock: Door
    pid: int

    def clock(self, door: Door, place: str, learners: int) -> Callable[[], float]:
        return partial(self._rate, door, place, [f"learner-{number}" for number in range(learners)])

    def let_in(self, learners: int) -> None:
        """So many launch, each once; then the database counts its rows."""
        for start in range(0, learners, LEARNERS):
            end = min(start + LEARNERS, learners)
            self._rate(self.ours, "near", [f"learner-{number}" for number in range(start, end)])
        with house(self.settings):
            settle()

    def _rate(self, door: Door, place: str, subs: list[str]) -> float:
        """Launches per second of one round; every one of them has to be let in."""
        said = clocked(door.port, self.platform.launches(door, place, subs), CONNECTIONS, self.folder / "requests")
        if said.statuses != {"303": len(subs)}:
            raise RuntimeError(f"Not every launch at {door.target} was let in: {said.statuses}")
        return len(subs) / said.seconds

    def visits(self) -> int:
        with house(self.settings):
            return db.session.scalar(select(func.count()).select_from(VisitRow)) or 0


@contextmanager
def doors(
    folder: Path, serving: Serving, database_url: str = "", *, floors: bool = True
) -> Iterator[Scene]:  # fmt: skip
    """Every door, or ours alone; on SQLite in `folder` unless another database is named."""
    platform = BenchPlatform(free_port())
    ours = Door(free_port(), "/lti/launch", "/lti/login")
    bare, stock = Door(free_port(), "/launch"), Door(free_port(), "/launch", "/login")
    settings = Settings(
        data_dir=folder / "ours", public_url=f"http://localhost:{ours.port}", private_hosts=frozenset({"127.0.0.1"}),
        login_limit="1000000 per minute", database_url=database_url,
    )  # fmt: skip
    _open_course(settings, platform)
    make_nonces(str(folder / "nonces.db"))
    env = {KNOWN: json.dumps(_known(platform, stock, folder)), **_environment(settings)}
    apps, pids = {"lti_tool.app:create_app()": ours}, dict[Door, int]()
    if floors:
        apps |= {"tests.bench.launch_floors:bare()": bare, "tests.bench.launch_floors:stock()": stock}
    with ExitStack() as stack:
        keys = ["tests.bench.launch_platform", str(platform.port), platform.jwks().decode()]
        stack.enter_context(program(keys, port=platform.port, log=folder / "keys.log"))
        for app, door in apps.items():
            words = gunicorn(app, door.port, serving.how)
            log = folder / f"{door.port}.log"
            pids[door] = stack.enter_context(program(words, port=door.port, log=log, env=env))
        yield Scene(folder, platform, settings, ours, bare, stock, pids[ours])


def _environment(settings: Settings) -> dict[str, str]:
    return {
        "LTI_TOOL_DATA_DIR": str(settings.data_dir),
        "LTI_TOOL_DATABASE_URL": settings.database_url,
        "LTI_TOOL_PUBLIC_URL": settings.public_url,
        "LTI_TOOL_PRIVATE_HOSTS": ",".join(settings.private_hosts),
        "LTI_TOOL_LOGIN_LIMIT": settings.login_limit,
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path.cwd()), os.environ.get("PYTHONPATH")))),
    }


def _known(platform: BenchPlatform, stock: Door, folder: Path) -> dict[str, object]:
    places = {
        place: {"issuer": platform.issuer(place), "jwks_url": platform.jwks_url(place)} for place in ("near", "far")
    }
    return {
        **places, "client_id": CLIENT, "public_pem": platform.public_pem(), "stock_launch": stock.target,
        "nonces": str(folder / "nonces.db"),
    }  # fmt: skip


def _open_course(settings: Settings, platform: BenchPlatform) -> None:
    """Both registrations, and for each the course with its Space; the learners are members once they have launched."""
    with house(settings):
        for place in ("near", "far"):
            issuer = platform.issuer(place)
            words = PlatformWords(
                issuer=issuer, client_id=CLIENT, auth_url=f"{issuer}/auth", token_url=f"{issuer}/token",
                jwks_url=platform.jwks_url(place), deployments=(DEPLOYMENT,), name=f"Bench LMS, {place}",
            )  # fmt: skip
            with transaction():
                registration = add_platform(words)
            space = make_space(registration.organization_id)
            with transaction():
                deployment = db.session.scalars(
                    select(Deployment).where(Deployment.registration_id == registration.id)
                ).one()
                db.session.add(
                    CourseKey(deployment_id=deployment.id, context_id=COURSE, title="Biology 101", space_id=space)
                )
