"""A version serves on while a newer one migrates its database: real processes, real requests, on either database."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import requests
from click.testing import CliRunner
from flask_migrate import upgrade
from sqlalchemy import text

from lti_tool.cli import main
from lti_tool.db import db
from tests.api.program import make_token
from tests.make.house import house
from tests.make.organization import make_organization
from tests.make.postgres import create_database
from tests.make.programs import Running, running, wait_until
from tests.make.serving import free_port
from tests.make.space import make_badge
from tests.upgrade.later import besides, chain, made
from tests.upgrade.releases import SECRET
from tests.upgrade.test_new_migrations import CONCURRENTLY

ADDS = (
    "op.add_column('award', sa.Column('mood', sa.String(10), nullable=False, server_default='calm'))",
    "op.add_column('space', sa.Column('mood', sa.String(10)))",
    "op.create_table('mood', sa.Column('id', sa.String(32), primary_key=True))",
    CONCURRENTLY,
)


class Program:
    """A program that reads a public badge and gives an award by the API, again and again."""

    def __init__(self, url: str, token: str, badge: str) -> None:
        self.answers: list[int] = []
        self._url, self._token, self._badge = url, token, badge
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> "Program":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        while not self._stop.is_set():
            number = len(self.answers)
            given = {"badge": self._badge, "recipient": {"email": f"learner-{number}@elm.example"}}
            made = requests.post(f"{self._url}/api/v1/awards", json=given, headers=headers, timeout=60)
            seen = requests.get(f"{self._url}/public/badges/{self._badge}", timeout=60)
            self.answers += [made.status_code, seen.status_code]


@contextmanager
def served(url: str, folder: Path) -> Iterator[tuple[Running, str]]:
    port = free_port()
    said = {"DATABASE_URL": url, "SECRET_KEY": SECRET, "PUBLIC_URL": f"http://localhost:{port}", "LOG_LEVEL": "ERROR"}
    with running(folder, "serve", "--port", str(port), **said) as command:
        command.wait_until_it_answers(f"http://localhost:{port}/readyz")
        yield command, f"http://localhost:{port}"


def test_a_version_serves_on_while_a_newer_one_adds_and_stops_when_one_takes_away(
    empty: str, tmp_path: Path
) -> None:
    made(tmp_path / "later", "9001", *ADDS)
    made(tmp_path / "later", "9002_9001", "op.drop_column('space', 'mood')", down="9001")
    with house(tmp_path, database_url=empty, secret_key=SECRET) as app, besides(tmp_path / "later"):
        upgrade(revision=chain()[-1].revision)
        organization = make_organization()
        token, badge = make_token(organization), make_badge(organization)
        db.session.remove()
        with served(empty, tmp_path) as (_, url):
            with Program(url, token, badge) as program:
                wait_until(lambda: len(program.answers) > 10)
                upgrade(revision="9001")
                so_far = len(program.answers)
                wait_until(lambda: len(program.answers) > so_far + 10)
            ready = requests.get(f"{url}/readyz", timeout=30).status_code
        counted = text("SELECT count(*), min(mood) FROM award WHERE recipient_email LIKE 'learner-%'")
        given = tuple(db.session.execute(counted).one())
        with served(empty, tmp_path) as (again, _):
            told = again.wait_for("This one goes on serving it")
        looked = command("check")
        migrated = command("migrate")
        upgrade(revision="9002_9001")
        too_old = app.test_client().get("/readyz", headers={"Accept": "application/json"})
        refused = [command(*words) for words in (("serve", "--port", "1"), ("work",), ("migrate",))]

    assert set(program.answers) == {201, 200}
    assert ready == 200
    assert given == (len(program.answers) // 2, "calm")
    assert "The database was migrated by a newer version." in told
    assert "watch A newer version has migrated the database." in looked[1]
    assert (migrated[0], migrated[1].endswith("Nothing was changed.\n")) == (0, True), migrated
    assert (too_old.status_code, too_old.get_json()["error"]["code"]) == (503, "schema_beyond")
    assert {code for code, _ in refused} == {1}
    assert all("This version is too old for the database" in told for _, told in refused), refused


def command(*words: str) -> tuple[int, str]:
    """A verb of this version, in the installation whose context this is."""
    db.session.remove()
    done = CliRunner().invoke(main, list(words))
    return done.exit_code, done.output


def test_a_table_that_somebody_holds_is_waited_for_in_short_turns(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    """A long report reads while `migrate` wants the table: other readers get through, and in the end so does it."""
    url = create_database(postgres())
    with house(tmp_path, database_url=url):
        upgrade(revision="0004")
        db.session.remove()
    with psycopg.connect(url) as report, running(tmp_path, "migrate", DATABASE_URL=url) as migrating:
        report.execute("SELECT count(*) FROM line_item")
        wait_until(lambda: is_waiting(report))
        wait_until(lambda: not is_waiting(report))
        with psycopg.connect(url, options="-c statement_timeout=5000") as other:
            assert other.execute("SELECT count(*) FROM line_item").fetchone() == (0,)
        assert migrating.process.poll() is None
        report.rollback()
        assert migrating.process.wait(60) == 0, migrating.said
        assert "The database is up to date." in "".join(migrating.said)


def is_waiting(report: psycopg.Connection[tuple[object, ...]]) -> bool:
    asked = report.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)").fetchone()
    return bool(asked and asked[0])
