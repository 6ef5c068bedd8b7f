"""Every test gets the real application on a real database, and every page it shows is looked at (see html_guard)."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade

from lti_tool.app import create_app
from lti_tool.settings import Settings
from tests.compiled_once import compile_once
from tests.html_guard import guard_html
from tests.keys_once import make_keys_once
from tests.make.house import mailing_house
from tests.make.inside import inside
from tests.make.lms import Campus, campus
from tests.make.mailbox import Mailbox, mailbox
from tests.make.organization import make_organization
from tests.make.postgres import Copies, create_database, private_postgres
from tests.make.redis import Server, private_redis
from tests.make.s3 import S3, private_s3
from tests.make.space import make_space

DATABASES = ("sqlite", "postgresql")

_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own there
_ENOUGH = 2**31

compile_once()
make_keys_once()
if _IN_MEMORY.is_dir() and shutil.disk_usage(_IN_MEMORY).free >= _ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_IN_MEMORY))  # a commit waits for no disk


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--databases", default=",".join(DATABASES), help="sqlite, postgresql, or both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches a database runs on each of them; a browser story runs once, on SQLite."""
    if "database_kind" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--databases").split(",")
        if metafunc.definition.get_closest_marker("browser"):
            chosen = ["sqlite"]
        metafunc.parametrize("database_kind", chosen, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest 9.2 does not read the names by which xdist 3.8 keeps an `xdist_group` together: it is read here."""
    for item in items:
        if grouped := getattr(item, "_nodeid", None):
            item._id = type(item._id).parse(grouped)  # type: ignore[attr-defined]


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: from now on nobody looks through it for what could go."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[], str]]:
    """A private PostgreSQL, started when the first test asks for its URL."""
    with ExitStack() as stack:
        started: list[str] = []

        def url() -> str:
            if not started:
                started.append(stack.enter_context(private_postgres()))
            return started[0]

        yield url


@pytest.fixture(scope="session")
def shared_redis() -> Iterator[Server]:
    """A private Redis for this run."""
    with private_redis() as server:
        yield server


@pytest.fixture
def redis(shared_redis: Server) -> Server:
    """It, with nothing in it. Nobody stops it: a test that does has one of its own."""
    shared_redis.empty()
    return shared_redis


@pytest.fixture(scope="session")
def private_objects() -> Iterator[S3]:
    """A private S3 for this run."""
    with private_s3() as server:
        yield server


@pytest.fixture
def s3(private_objects: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """It, with its credentials in the environment of this test and of the programs that it starts."""
    for name, value in private_objects.environment.items():
        monkeypatch.setenv(name, value)
    return private_objects


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory, postgres: Callable[[], str], database_kind: str) -> str:
    """A database brought up by our own migrations, once; tests get copies of it."""
    folder = tmp_path_factory.mktemp("migrated")
    url = f"sqlite:///{folder / 'spaces.db'}" if database_kind == "sqlite" else create_database(postgres())
    app = create_app(Settings(data_dir=folder, database_url=url))
    with inside(app):
        upgrade()
    return url


@pytest.fixture(scope="session")
def copies(migrated: str, database_kind: str) -> Iterator[Copies | None]:
    """Databases on PostgreSQL that one test after the other gets."""
    made = Copies(migrated) if database_kind == "postgresql" else None
    yield made
    if made:
        made.close()


@pytest.fixture
def database_url(migrated: str, copies: Copies | None, tmp_path: Path) -> Iterator[str]:
    """A database that is this test's own, without a row in it."""
    if copies is None:
        copy = tmp_path / "spaces.db"
        shutil.copy(migrated.removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    url = copies.lend()
    yield url
    copies.give_back(url)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        public_url="http://localhost:8000",
        private_hosts=frozenset({"127.0.0.1"}),
        private_badge_hosts=frozenset({"127.0.0.1"}),
        job_lease_seconds=2.0,
        job_sweep_seconds=0.5,
        log_level="CRITICAL",
    )


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application, inside its context."""
    app = create_app(settings)
    faults = guard_html(app)
    with inside(app):
        yield app
    assert not faults, "\n".join(faults)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """A mailbox with a server of its own."""
    with mailbox() as running:
        yield running


@pytest.fixture
def mailing(box: Mailbox, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A house that mails, inside its context."""
    with mailing_house(tmp_path, database_url, box) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def organization(app: Flask) -> str:
    """An organization with its first issuer. Answers its id."""
    return make_organization()


@pytest.fixture
def space(organization: str) -> str:
    """A Space of the organization. Answers its id."""
    return make_space(organization)


@pytest.fixture
def school(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    """The tool and the sandbox LMS, connected, on real ports."""
    with campus(database_url, tmp_path / "data") as connected:
        yield connected
