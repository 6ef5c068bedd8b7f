"""From SQLite to PostgreSQL: the same rows, the same files, another database.

Nobody writes to either of them meanwhile, and the old one stays as it was.
"""

from collections.abc import Callable, Iterator, Sequence

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from lti_tool.db import db, plain_transaction, single_read
from lti_tool.safekeeping.answers import NotDone, counting
from lti_tool.safekeeping.filling import count, fill, filled_alone
from lti_tool.safekeeping.portable import Fingerprint, PortableRow, columns_of, fingerprint, line_of, rows_of
from lti_tool.safekeeping.tables import own_tables
from lti_tool.schema import schema_is_behind


def move_rows(target: Flask) -> dict[str, int]:
    """Every row of this installation's database into that of `target`. Answers how many each table has now."""
    with plain_transaction() as (source, _):
        tables = own_tables(source)
        with target.app_context():
            try:
                into = _own_tables_there()
                with filled_alone(into) as connection:
                    return _move(source, tables, connection, into)
            finally:
                db.engine.dispose()


def _own_tables_there() -> tuple[sa.Table, ...]:
    if schema_is_behind():
        upgrade()
    with single_read() as connection:
        return own_tables(connection)


def _move(
    source: sa.Connection, tables: Sequence[sa.Table], target: sa.Connection, into: Sequence[sa.Table]
) -> dict[str, int]:  # fmt: skip
    there = {table.name: table for table in into}
    rows = {table.name: count(source, table) for table in tables}
    with counting("Rows", 2 * sum(rows.values())) as move_on:
        for table in tables:
            columns, sent = columns_of(table), Fingerprint()
            fill(target, there[table.name], columns, _seen(rows_of(source, table, columns), sent, move_on))
            came = fingerprint(target, there[table.name], columns, move_on)
            if (came.rows, came.digits) != (rows[table.name], sent.digits):
                raise NotDone(f"Table {table.name} is not the same on the other side: {rows[table.name]} rows here, "
                              f"{came.rows} there.")  # fmt: skip
    return rows


def _seen(
    rows: Iterator[PortableRow], made: Fingerprint, move_on: Callable[[int], None]
) -> Iterator[PortableRow]:  # fmt: skip
    for row in rows:
        made.add(line_of(row))
        move_on(1)
        yield row
