"""What stops the tool from starting is told in a sentence, before anything half works."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask_migrate import upgrade
from sqlalchemy import Connection, text

from lti_tool.cli import main
from lti_tool.db import db
from tests.make.house import house
from tests.make.postgres import create_database
from tests.make.programs import running
from tests.make.serving import free_port


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("LTI_TOOL_WEB_WORKERS", "many", "WEB_WORKERS"),
        ("LTI_TOOL_UPLOAD_BYTES", "12", "UPLOAD_BYTES"),
        ("LTI_TOOL_DATABASE_URL", "mysql://secret-host/spaces", "DATABASE_URL: should begin with"),
        ("LTI_TOOL_PUBLIC_URL", "badges.secret-host", "PUBLIC_URL: should be a web address"),
        ("LTI_TOOL_JOBS_URL", "ftp://secret-host/", "JOBS_URL begins with postgresql:// or redis://"),
        ("LTI_TOOL_DATA_DIR", "/proc/nowhere", "/proc/nowhere"),
        ("LTI_TOOL_CERTIFICATE_AUTHORITIES", "/secret-host.pem", "CERTIFICATE_AUTHORITIES: should be a file"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_its_value_kept_secret(
    tmp_path: Path, variable: str, value: str, told: str
) -> None:
    result = CliRunner().invoke(main, ["check"], env={"LTI_TOOL_DATA_DIR": str(tmp_path), variable: value})

    assert result.exit_code == 1
    assert told in result.output
    assert result.output.startswith("Error: ")
    assert "many" not in result.output
    assert "secret-host" not in result.output


def test_a_server_whose_database_waits_for_its_migration_does_not_start(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    with house(tmp_path, database_url=create_database(postgres())):
        refused = CliRunner().invoke(main, ["serve", "--port", str(free_port())])

    assert refused.exit_code == 1
    assert refused.output == "Error: The database is not up to date. Run `lti-tool migrate` first.\n"


def test_a_database_machine_that_takes_the_call_and_says_nothing_is_told_to_be_away(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nowhere"
        with house(tmp_path, database_url=f"{url}?connect_timeout=2") as app:
            answer = app.test_client().get("/readyz", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "unavailable")


def test_a_database_machine_that_vanishes_is_noticed_unless_the_address_says_otherwise(
    postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = create_database(postgres())
    with house(tmp_path / "ours", database_url=url), db.engine.connect() as connection:
        ours = asked_of(connection)
    with house(tmp_path / "theirs", database_url=f"{url}?keepalives_idle=90"), db.engine.connect() as connection:
        theirs = asked_of(connection)

    assert (ours["connect_timeout"], ours["keepalives_idle"], ours["tcp_user_timeout"]) == ("10", "10", "20000")
    assert (theirs["connect_timeout"], theirs["keepalives_idle"]) == ("10", "90")


def asked_of(connection: Connection) -> dict[str, str]:
    """What libpq was told of this connection."""
    libpq = connection.connection.dbapi_connection.pgconn  # type: ignore[union-attr]
    return {one.keyword.decode(): (one.val or b"").decode() for one in libpq.info}


def test_what_the_web_server_itself_says_is_a_line_of_our_log_without_what_it_was_asked(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, "serve", "--port", str(port), LOG_LEVEL="INFO") as tool:
        tool.wait_until_it_answers(f"http://127.0.0.1:{port}/healthz")
        with socket.create_connection(("127.0.0.1", port), timeout=30) as asking:
            asking.sendall(b"a-secret of Ada\r\n\r\n")
            while asking.recv(4096):
                pass
        said = [json.loads(line) for line in tool.wait_for('"web_server"').splitlines() if line.startswith("{")]

    [line] = [one for one in said if one["event"] == "web_server"]
    assert (line["said"], line["level"]) == ("Invalid request", "warning")
    assert "a-secret" not in "".join(tool.said)


def test_a_tool_is_ready_only_with_the_schema_that_it_was_written_for(
    database_kind: str, postgres: Callable[[], str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}" if database_kind == "sqlite" else create_database(postgres())
    with house(tmp_path, database_url=url) as app:
        before = app.test_client().get("/readyz", headers={"Accept": "application/json"})
        upgrade()
        after = app.test_client().get("/readyz")
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = 'of a later release'"))
        ahead = app.test_client().get("/readyz")

    assert (before.status_code, before.get_json()["error"]["code"]) == (503, "schema_behind")
    assert (after.status_code, ahead.status_code) == (200, 200)
