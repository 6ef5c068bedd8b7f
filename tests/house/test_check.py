"""`lti-tool check` and `lti-tool migrate`: what an operator reads in every state of an installation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask, Response
from sqlalchemy import update

from lti_tool import clock, jobs
from lti_tool.cli import main
from lti_tool.db import db, transaction
from lti_tool.jobs.model import Job
from lti_tool.launch.model import Registration
from lti_tool.launch.platforms import PlatformWords, add_platform
from tests.make.house import house
from tests.make.mailbox import Mailbox
from tests.make.postgres import create_database
from tests.make.serving import free_port, serving


def command(word: str) -> Result:
    db.session.rollback()
    result = CliRunner().invoke(main, [word])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def said(result: Result, grade: str) -> list[str]:
    return [line[6:] for line in result.output.splitlines() if line.startswith(grade)]


@contextmanager
def platform(status: int | None) -> Iterator[None]:
    """A registered platform whose keys answer with `status`, or not at all."""
    port, keys = free_port(), Flask("keys")
    keys.add_url_rule("/jwks", view_func=lambda: Response("{}", status, mimetype="application/json"))
    url = f"http://127.0.0.1:{port}"
    with transaction():
        add_platform(PlatformWords(url, "client", f"{url}/auth", f"{url}/token", f"{url}/jwks", name="Test LMS"))
    if status is None:
        yield
        return
    with serving(keys, port):
        yield


def test_a_new_installation_says_what_to_do_next(app: Flask) -> None:
    result = command("check")

    assert (result.exit_code, said(result, "wrong")) == (0, [])
    assert "No platform is registered yet: run `lti-tool platform invite`, or `platform add`." in said(result, "watch")
    assert "CONTACT_EMAIL is not set: new issuers carry an example address." in said(result, "watch")
    assert any("an LMS needs https" in sentence for sentence in said(result, "watch"))
    assert "The database answers and its schema is up to date." in said(result, "good")


def test_a_good_installation_is_good_in_every_line(database_url: str, tmp_path: Path) -> None:
    options = {"public_url": "https://badges.example", "contact_email": "badges@school.example"}
    hosts = frozenset({"127.0.0.1"})
    with house(tmp_path, database_url=database_url, private_hosts=hosts, **options), platform(200):
        result = command("check")

    assert result.exit_code == 0
    assert len(said(result, "good")) == len(result.output.splitlines())
    assert "The keys of Test LMS answer with status 200." in said(result, "good")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (None, "The keys of Test LMS cannot be fetched: nothing answers there (unreachable)."),
        (500, "The keys of Test LMS answer with status 500."),
        (404, "The keys of Test LMS answer with status 404."),
    ],
)
def test_a_dead_platform_is_wrong(app: Flask, status: int | None, sentence: str) -> None:
    with platform(status):
        result = command("check")

    assert (result.exit_code, said(result, "wrong")) == (1, [sentence])


def test_a_database_without_its_tables_is_wrong_until_it_is_migrated(
    database_kind: str, postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}" if database_kind == "sqlite" else create_database(postgres())
    with house(tmp_path, database_url=url):
        before = command("check")
        migrated = command("migrate")
        after = command("check")
        again = command("migrate")

    assert said(before, "wrong") == ["The database's schema is not up to date: run `lti-tool migrate`."]
    assert (before.exit_code, migrated.exit_code, after.exit_code, again.exit_code) == (1, 0, 0, 0)
    assert migrated.output.splitlines()[-1] == "The database is up to date."


def test_a_database_that_is_away_is_wrong(tmp_path: Path) -> None:
    with house(tmp_path, database_url=f"postgresql://nobody@127.0.0.1:{free_port()}/nowhere"):
        result = command("check")

    assert result.exit_code == 1
    assert said(result, "wrong") == ["The database does not answer (OperationalError): look at DATABASE_URL."]


def test_a_folder_that_cannot_be_written_is_wrong(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    options = {"database_url": database_url, "secret_key": "secret", "jobs_url": "postgresql://127.0.0.1:1/x"}
    with house(tmp_path / "file", **options):
        result = command("check")

    assert result.exit_code == 1
    assert said(result, "wrong")[1].startswith("The job queue does not answer (OperationalError): look at JOBS_URL.")
    assert said(result, "wrong")[0].startswith(f"Files cannot be written in {tmp_path / 'file'}: ")


def test_jobs_that_gave_up_and_jobs_that_nobody_does_are_told(app: Flask) -> None:
    now = clock.now()
    with transaction():
        for values in ({"failed_at": now}, {"failed_at": now}, {"failed_at": now - timedelta(days=8)}, {}):
            job = db.session.get_one(Job, jobs.enqueue("roster.read", {"read": "nothing"}))
            job.run_at = now - timedelta(minutes=61)
            job.failed_at, job.last_error = values.get("failed_at"), "worker_lost"

    result = command("check")

    gave_up = "Jobs that gave up in the last week, roster.read: 2 (worker_lost). `job_gave_up` in the log names each."
    assert gave_up in said(result, "watch")
    assert said(result, "wrong") == ["Jobs wait for 61 minutes already: is `lti-tool serve` or `work` running?"]
    assert result.exit_code == 1


def test_jobs_that_wait_a_little_are_watched(app: Flask) -> None:
    with transaction():
        job = db.session.get_one(Job, jobs.enqueue("roster.read", {"read": "nothing"}))
        job.run_at = clock.now() - timedelta(minutes=6)

    result = command("check")

    assert "Jobs wait for 6 minutes already: is `lti-tool serve` or `work` running?" in said(result, "watch")
    assert result.exit_code == 0


def test_a_platform_that_is_switched_off_is_not_asked_for_its_keys(app: Flask) -> None:
    with platform(None):
        db.session.execute(update(Registration).values(switched_off_at=clock.now()))
        db.session.commit()
        result = command("check")

    assert (result.exit_code, "Test LMS" in result.output) == (0, False)


def test_a_mail_server_that_is_away_is_wrong_and_one_that_answers_is_not(
    database_url: str, tmp_path: Path, box: Mailbox
) -> None:
    sentence = "The mail server does not let us in (ConnectionRefusedError): look at MAIL_URL. Mails wait for a day."
    away = f"smtp://127.0.0.1:{free_port()}"
    options = {"database_url": database_url, "private_hosts": frozenset({"127.0.0.1"})}
    with house(tmp_path / "away", mail_url=away, **options):
        result = command("check")
        assert (said(result, "wrong"), result.exit_code) == ([sentence], 1)
    with house(tmp_path / "there", mail_url=box.url, **options):
        assert said(command("check"), "wrong") == []
    assert box.mails == []


def test_a_scanner_that_is_not_there_is_wrong(database_url: str, tmp_path: Path) -> None:
    with house(tmp_path, database_url=database_url, scan_command="a-scanner-that-nobody-has --quiet"):
        result = command("check")

    assert [one.partition(":")[0] for one in said(result, "wrong")] == ["The program of SCAN_COMMAND is not there"]


def test_jobs_that_are_done_are_not_told(app: Flask) -> None:
    with transaction():
        jobs.enqueue("roster.read", {"read": "nothing"})
    jobs.drain(app)

    assert "Jobs" not in command("check").output
