"""From SQLite to PostgreSQL: every table, every kind of value, and then the tool goes on there."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from lti_tool.badges.award_numbers import next_numbers
from lti_tool.db import Row, db, transaction
from tests.make.auditor import differences
from tests.make.every_table import ROWS, fill_every_table
from tests.make.everything import everything
from tests.make.house import house
from tests.make.postgres import create_database
from tests.make.serving import free_port
from tests.safekeeping.conftest import command


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database on SQLite with rows in every table, made once."""
    folder = tmp_path_factory.mktemp("furnished")
    with house(folder, secret_key="one"):
        upgrade()
        fill_every_table()
        db.session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    return folder / "spaces.db"


@pytest.fixture
def here(furnished: Path, tmp_path: Path) -> Iterator[Flask]:
    """An installation of this test's own that lives in a copy of it."""
    shutil.copy(furnished, tmp_path)
    with house(tmp_path, secret_key="one") as app:
        yield app


@pytest.fixture
def there(postgres: Callable[[], str]) -> str:
    return create_database(postgres())


def moved(url: str) -> str:
    result = command("move", "--to", url)
    assert result.exit_code == 0, result.output
    return result.output


def test_every_row_of_every_table_is_on_the_other_side(here: Flask, there: str, tmp_path: Path) -> None:
    before = everything()
    output = moved(there)
    after_here = everything()
    with house(tmp_path, secret_key="one", database_url=there):
        after = everything()
        with transaction():
            numbers = next_numbers(1)
        highest = db.session.scalar(text("SELECT max(number) FROM award"))

    assert differences(before, after) == []
    assert differences(before, after_here) == []
    assert numbers == [highest + 1]
    for table in Row.metadata.tables:
        assert any(line.split() == [table, str(ROWS)] for line in output.splitlines()), table


def test_what_postgresql_keeps_is_of_its_own_kinds(here: Flask, there: str) -> None:
    """Instants with their zone, truth values and JSON, as PostgreSQL itself says; and SQL's NULL beside JSON's null."""
    with transaction():
        db.session.execute(text("UPDATE registration_invite SET key_jwk = NULL, draft = NULL WHERE id LIKE '0%'"))
        db.session.execute(text("UPDATE registration SET granted_scopes = 'null' WHERE id LIKE '0%'"))
    moved(there)
    with psycopg.connect(there) as connection:

        def one(question: str) -> tuple[object, ...] | None:
            return connection.execute(question).fetchone()

        connection.execute("SET TIME ZONE 'UTC'")
        assert one("SELECT created_at::text FROM organization WHERE id LIKE '0%'") == ("2026-11-29 23:59:59.999999+00",)
        assert one("SELECT created_at::text FROM organization WHERE id LIKE '1%'") == ("2024-02-28 19:17:03+00",)
        assert one("SELECT may_use_spaces, pg_typeof(may_use_spaces)::text FROM organization WHERE id LIKE '1%'") == (
            False, "boolean"
        )  # fmt: skip
        assert one("SELECT granted_scopes::text, granted_scopes IS NULL FROM registration WHERE id LIKE '0%'") == (
            "null", False
        )  # fmt: skip
        assert one("SELECT draft IS NULL FROM registration_invite WHERE id LIKE '0%'") == (True,)


def test_a_database_with_rows_is_left_as_it_is(here: Flask, there: str) -> None:
    moved(there)
    result = command("move", "--to", there)

    assert result.exit_code == 1
    assert "The database is not empty" in result.output
    assert "Nothing was changed." in result.output


def test_a_value_that_postgresql_does_not_take_is_located_and_nothing_is_moved(here: Flask, there: str) -> None:
    """SQLite lets a text be longer than its column says."""
    with transaction():
        db.session.execute(text("UPDATE organization SET name = :name WHERE id LIKE '2%'"), {"name": "secret" * 100})
    result = command("move", "--to", there)
    with psycopg.connect(there) as connection:
        left = connection.execute("SELECT (SELECT count(*) FROM administrator) + (SELECT count(*) FROM organization)")

        assert left.fetchone() == (0,)
    assert result.exit_code == 1
    assert "table organization, row 3, column name (StringDataRightTruncation)" in result.output
    assert "secret" not in result.output


def test_a_text_with_a_zero_byte_is_located_too(here: Flask, there: str) -> None:
    with transaction():
        db.session.execute(text("UPDATE organization SET name = 'a' || char(0) || 'b' WHERE id LIKE '2%'"))
    result = command("move", "--to", there)

    assert result.exit_code == 1
    assert "table organization" in result.output


def test_one_that_does_not_answer_is_told(here: Flask) -> None:
    result = command("move", "--to", f"postgresql://nobody:hidden@127.0.0.1:{free_port()}/nowhere")

    assert result.exit_code == 1
    assert "The database did not do it: connection failed" in result.output
    assert "hidden" not in result.output


@pytest.mark.parametrize("url", ["sqlite:///other.db", "mysql://there/spaces", "spaces"])
def test_only_postgresql_is_moved_to(here: Flask, url: str) -> None:
    result = command("move", "--to", url)

    assert result.exit_code == 2
    assert "should begin with postgresql://" in result.output


def test_an_installation_on_postgresql_has_moved_already(there: str, tmp_path: Path) -> None:
    with house(tmp_path, database_url=there):
        result = command("move", "--to", there)

    assert result.exit_code == 1
    assert "This installation is on PostgreSQL already." in result.output
