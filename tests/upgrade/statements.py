"""What the ORM of a release says to the database, of every table: it goes on saying so while a newer one migrates."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_tool.db import Row

Rows = dict[str, list[dict[str, Any]]]

# The database refuses these since decision 56. No version has ever said them: the log was only added to.
_NEVER_SAID = {("audit_entry", "update"), ("audit_entry", "delete")}
_DIALECTS = {"sqlite": sqlite.dialect(paramstyle="named"), "postgresql": postgresql.psycopg.dialect()}


def statements() -> dict[str, list[dict[str, Any]]]:
    """By kind of database: for each table, parents first, its columns and the four statements about a row."""
    return {
        kind: [
            {"table": table.name, "columns": [column.name for column in table.columns],
             "key": [column.name for column in table.primary_key]}
            | {verb: str(said.compile(dialect=dialect)) for verb, said in _said(table).items()}
            for table in Row.metadata.sorted_tables
        ]
        for kind, dialect in _DIALECTS.items()
    }  # fmt: skip


def _said(table: Any) -> dict[str, Any]:
    this = [column == bindparam(f"key_{column.name}") for column in table.primary_key]
    return {
        "insert": insert(table).values({column.name: bindparam(column.name) for column in table.columns}),
        "select": select(table).where(*this),
        "update": update(table).where(*this).values({c.name: bindparam(f"to_{c.name}") for c in table.columns}),
        "delete": delete(table).where(*this),
    }


@dataclass(frozen=True)
class OldOrm:
    """Speaks to a database as the ORM of a release did, through the driver, and knows no column that came later.

    What points at what is not looked at, so that all rows can go and come back; every other rule of the tables is.
    """

    connection: Any
    said: Sequence[dict[str, Any]]

    def read_all(self) -> Rows:
        """Every row, each by its key."""
        found: Rows = {}
        for one in self.said:
            keys = self.connection.execute(f'SELECT {", ".join(one["key"])} FROM "{one["table"]}"').fetchall()  # noqa: S608
            rows = [self._do(one, "select", _keys(one, key)).fetchone() for key in keys]
            found[one["table"]] = [dict(zip(one["columns"], row, strict=True)) for row in rows]
        return found

    def delete_all(self, rows: Rows) -> None:
        for one in reversed(self.said):
            for row in rows[one["table"]] if _is_said(one, "delete") else ():
                self._do(one, "delete", _keys(one, [row[name] for name in one["key"]]))

    def insert_all(self, rows: Rows) -> None:
        for one in self.said:
            for row in rows[one["table"]] if _is_said(one, "delete") else ():  # the others are there still
                self._do(one, "insert", row)

    def update_all(self, rows: Rows) -> None:
        for one in self.said:
            for row in rows[one["table"]] if _is_said(one, "update") else ():
                to = {f"to_{name}": value for name, value in row.items()}
                self._do(one, "update", to | _keys(one, [row[name] for name in one["key"]]))

    def _do(self, one: dict[str, Any], verb: str, values: dict[str, Any]) -> Any:
        done = self.connection.execute(one[verb], values)
        assert verb == "select" or done.rowcount == 1, (one["table"], verb)
        return done


@contextmanager
def old_orm(url: str, said: Sequence[dict[str, Any]]) -> Iterator[OldOrm]:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            yield OldOrm(connection, said)
        return
    with psycopg.connect(url) as connection:
        connection.adapters.register_loader("json", psycopg.types.string.TextLoader)  # as it is kept
        connection.execute("SET session_replication_role = replica")
        yield OldOrm(connection, said)


def _is_said(one: dict[str, Any], verb: str) -> bool:
    return (one["table"], verb) not in _NEVER_SAID


def _keys(one: dict[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    return {f"key_{name}": value for name, value in zip(one["key"], values, strict=True)}
