"""The move from SQLite to PostgreSQL as an operator has it, beside every table copied by hand with nothing compared."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql
from sqlalchemy import func, select

from lti_tool.db import Row, db
from tests.bench.databases import house_on, postgresql, sqlite
from tests.bench.many_awards import sizes
from tests.bench.measure import Count, Finding, Target, in_turn, seconds
from tests.bench.safekeeping import ROUNDS, filled, run_tool, with_tables

_AT_ONCE = 5_000


def measure() -> Iterator[Finding | Count]:
    few, many = sizes()[-2:]
    with sqlite() as here, postgresql() as there, TemporaryDirectory(prefix="bench-move-") as name:
        folder, empty, peaks, arrived = Path(name), with_tables(there), {few: [0.0], many: [0.0]}, ""
        sources = {count: filled(here, count) for count in (few, many)}

        def ours(count: int) -> float:
            nonlocal arrived
            arrived = there.copy(empty)
            return run_tool(peaks[count], sources[count], folder, "move", "--to", arrived)

        ours(few)
        acts = {"ours": partial(ours, many), "floor": lambda: _seconds_by_hand(sources[many], there.copy(empty))}
        found = in_turn(ROUNDS, acts)
        what = f"Move of {many:,} people with an award each from SQLite to PostgreSQL"
        yield Finding(
            f"{what}, every row compared", found["ours"], "copied by hand, nothing compared", found["floor"], "s"
        )
        memory = [max(peaks[many])], f"with {few:,}", [max(peaks[few])]
        yield Finding(f"{what}: memory of the process at its highest", *memory, "MB", Target(at_most=1.5))
        yield Count(f"{what}: rows on the other side", _rows(arrived), _rows(sources[many]))


def _rows(url: str) -> int:
    """Of all tables."""
    with house_on(url):
        counts = [select(func.count()).select_from(table) for table in Row.metadata.sorted_tables]
        return sum(db.session.scalar(one) or 0 for one in counts)


def _seconds_by_hand(source: str, target: str) -> float:
    return seconds(partial(_copy_by_hand, source.removeprefix("sqlite:///"), target))


def _copy_by_hand(source: str, target: str) -> None:
    """What somebody would write who trusts both databases: no value is looked at on the way."""
    with closing(sqlite3.connect(source)) as here, psycopg.connect(target) as there:
        there.execute("SET TIME ZONE 'UTC'")
        for table in Row.metadata.sorted_tables:
            names = [column.name for column in table.columns]
            listed = ", ".join(f'"{name}"' for name in names)
            rows = here.execute(f'SELECT {listed} FROM "{table.name}"')  # noqa: S608 - names of our own tables
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with there.cursor() as cursor, cursor.copy(into) as copy:
                while some := rows.fetchmany(_AT_ONCE):
                    for row in some:
                        copy.write_row(row)
