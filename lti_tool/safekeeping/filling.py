"""Portable rows into the tables of a database: with COPY on PostgreSQL, with many inserts at once on SQLite.

All of it happens in one transaction, in which nobody else writes. Rows may point at rows of their own table that come
later: SQLite is told to look at the end of all, and PostgreSQL looks at the end of a COPY, so a table is one COPY.
"""

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from typing import Any, cast

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import StatementError

from lti_tool.badges.award_numbers import count_on
from lti_tool.db import plain_transaction
from lti_tool.safekeeping.answers import NotDone
from lti_tool.safekeeping.portable import AT_ONCE, PortableRow, columns_of

_WHERE = re.compile(r"COPY \w+, line (\d+)(?:, column (\w+))?")


@contextmanager
def filled_alone(tables: Sequence[sa.Table]) -> Iterator[sa.Connection]:
    """All or nothing, into tables without a row, while nobody else writes to any of them."""
    with plain_transaction() as (connection, _):
        _keep_others_out(connection, tables)
        _must_be_empty(connection, tables)
        yield connection
        count_on(connection)
        _look_once_more(connection, tables)


def fill(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[PortableRow]) -> None:
    """Every row into `table`, with its values in the order of `columns`."""
    if sorted(columns) != sorted(columns_of(table)):
        raise NotDone(f"The columns of table {table.name} are not those that its rows were written for.")
    put = _copy if connection.dialect.name == "postgresql" else _insert
    try:
        put(connection, table, columns, rows)
    except psycopg.Error as fault:
        raise NotDone(_not_taken(table, fault)) from fault
    except (StatementError, ValueError, TypeError, OverflowError) as fault:
        why = type(fault.orig if isinstance(fault, StatementError) else fault).__name__
        raise NotDone(f"Table {table.name} does not take one of its rows ({why}).") from fault


def count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def _copy(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[PortableRow]) -> None:
    """PostgreSQL reads every kind of value from its text, so what is portable goes in as it is."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    reads = _readers(table, columns, {sa.LargeBinary: base64.b64decode})
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(_read(row, reads))


def _insert(connection: sa.Connection, table: sa.Table, columns: Sequence[str], rows: Iterable[PortableRow]) -> None:
    """Straight to the driver, as SQLite keeps each kind of value: preparing a million rows is most of what is done."""
    kinds: dict[type[Any], Callable[[Any], Any]] = {
        sa.DateTime: _utc_unsaid, sa.Date: _day, sa.Boolean: _truth, sa.LargeBinary: base64.b64decode,
    }  # fmt: skip
    reads = _readers(table, columns, kinds)
    statement = str(sa.insert(sa.table(table.name, *map(sa.column, columns))).compile(dialect=connection.dialect))
    arriving = iter(rows)
    while some := list(islice(arriving, AT_ONCE)):
        connection.exec_driver_sql(statement, [tuple(_read(row, reads)) for row in some])


def _readers(
    table: sa.Table, columns: Sequence[str], kinds: dict[type[Any], Callable[[Any], Any]]
) -> list[tuple[int, Callable[[Any], Any]]]:  # fmt: skip
    return [
        (place, read)
        for place, name in enumerate(columns)
        for kind, read in kinds.items()
        if isinstance(table.c[name].type, kind)
    ]


def _read(row: PortableRow, reads: Sequence[tuple[int, Callable[[Any], Any]]]) -> PortableRow:
    for place, read in reads:
        if row[place] is not None:
            row[place] = read(row[place])
    return row


def _utc_unsaid(value: str) -> str:
    """SQLite keeps no zone: what stands there is UTC, in the form that SQLAlchemy reads."""
    instant = datetime.fromisoformat(value)
    if instant.utcoffset():
        raise ValueError("An instant of a portable row is in UTC.")
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds")


def _day(value: str) -> str:
    return date.fromisoformat(value).isoformat()


def _truth(value: object) -> bool:
    """SQLite would take any number for one, and any text."""
    if not isinstance(value, bool):
        raise TypeError("What is true or false is neither a number nor a text.")
    return value


def _keep_others_out(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """On SQLite the transaction itself does."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"LOCK TABLE {_quoted(connection, tables)} IN SHARE ROW EXCLUSIVE MODE"))
    else:
        connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))


def _quoted(connection: sa.Connection, tables: Sequence[sa.Table]) -> str:
    return ", ".join(map(connection.dialect.identifier_preparer.format_table, tables))


def _must_be_empty(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    found = {table.name: rows for table in tables if (rows := count(connection, table))}
    if found:
        told = ", ".join(f"{name} {rows}" for name, rows in found.items())
        raise NotDone(f"The database is not empty, and nothing that stands in one is ever written over ({told}). "
                      "Make a new database for it, and start the tool only afterwards.")  # fmt: skip


def _look_once_more(connection: sa.Connection, tables: Sequence[sa.Table]) -> None:
    """SQLite at what points at what. PostgreSQL has done so; its planner counts, for the first hour is the busiest."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text(f"ANALYZE {_quoted(connection, tables)}"))
        return
    lost = connection.execute(sa.text("PRAGMA foreign_key_check")).first()
    if lost:
        raise NotDone(f"A row of table {lost[0]} points at a row of {lost[2]} that is not there.")


def _not_taken(table: sa.Table, fault: psycopg.Error) -> str:
    """Which row of which column, and what is wrong with it, without what stands in it."""
    found = _WHERE.search(fault.diag.context or "")
    place = "" if not found else f", row {found[1]}" + (f", column {found[2]}" if found[2] else "")
    rule = f", {fault.diag.constraint_name}" if fault.diag.constraint_name else ""
    return f"PostgreSQL does not take what stands in table {table.name}{place} ({type(fault).__name__}{rule})."
