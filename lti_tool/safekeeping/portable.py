"""Rows in a form that both databases read and write: what JSON can say, by the kind of the column.

An instant is its ISO form in UTC, bytes are Base64, and a JSON column stays the very text that the database keeps: so
SQL's NULL and JSON's null stay two things, and no number is rounded on the way.
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    Row,
    Select,
    Table,
    Text,
    cast,
    select,
)

AT_ONCE = 1000

PortableRow = list[Any]

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode  # made once, not for each of many rows


def columns_of(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def rows_of(connection: Connection, table: Table, columns: Sequence[str]) -> Iterator[PortableRow]:
    """Every row, with its values in the order of `columns`; never more than some of them in memory."""
    chosen = [table.c[name] for name in columns]
    says = [(place, say) for place, column in enumerate(chosen) if (say := _say(column))]
    for row in few_at_once(connection, select(*map(_as_kept, chosen))):
        portable = list(row)
        for place, say in says:
            if portable[place] is not None:
                portable[place] = say(portable[place])
        yield portable


def few_at_once(connection: Connection, asked: Select[Any] | CompoundSelect[Any]) -> Iterator[Row[Any]]:
    """What was asked for, a few rows in memory at a time; PostgreSQL's cursor is closed also when nobody reads on."""
    with connection.execute(asked, execution_options={"yield_per": AT_ONCE}) as found:
        for some in found.partitions():
            yield from some


def line_of(row: PortableRow) -> bytes:
    return _as_json(row).encode()


class Fingerprint:
    """Of the rows of a table, in whatever order they come: two tables with the same one hold the same rows."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum += int.from_bytes(sha256(line).digest(), "big")

    @property
    def digits(self) -> str:
        return f"{self._sum % 2**256:064x}"


def fingerprint(
    connection: Connection, table: Table, columns: Sequence[str], move_on: Callable[[int], None] = lambda _: None
) -> Fingerprint:
    """Of what the table holds now, read anew."""
    made = Fingerprint()
    for row in rows_of(connection, table, columns):
        made.add(line_of(row))
        move_on(1)
    return made


def _as_kept(column: Column[Any]) -> ColumnElement[Any]:
    return cast(column, Text) if isinstance(column.type, JSON) else column


def _say(column: Column[Any]) -> Callable[[Any], Any] | None:
    """How a value of this column is written; None where JSON can say it as it is."""
    if isinstance(column.type, DateTime):
        return _say_instant
    if isinstance(column.type, Date):
        return date.isoformat
    if isinstance(column.type, LargeBinary):
        return _say_bytes
    return None


def _say_instant(value: datetime) -> str:
    """SQLite keeps instants in UTC without saying so."""
    return f"{value.isoformat()}+00:00" if value.tzinfo is None else value.astimezone(UTC).isoformat()


def _say_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
