"""What the database holds at one moment, to be read in peace while everybody goes on writing.

PostgreSQL shows one moment for as long as a transaction lasts. On SQLite a long read would keep its log from being
cleared, so its pages are copied first, by its own online backup, and the copy is read.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from lti_tool.db import db, is_postgresql
from lti_tool.safekeeping.answers import NotDone, counting
from lti_tool.safekeeping.aside import COPY

_PAGES = 2000


@contextmanager
def standing_still(folder: Path) -> Iterator[sa.Connection]:
    """A connection that sees one moment. `folder` has room for a copy of a SQLite database."""
    if is_postgresql():
        with db.engine.connect() as connection:
            yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return
    copy = folder / COPY
    _copy_pages(copy)
    engine = sa.create_engine(f"sqlite:///{copy}", poolclass=NullPool, hide_parameters=True)
    with engine.connect() as connection:
        if connection.scalar(sa.text("PRAGMA quick_check")) != "ok":
            raise NotDone("The database is damaged: SQLite's own check finds faults in it. Restore an older backup.")
        yield connection


def _copy_pages(copy: Path) -> None:
    """Inside a reading transaction, or a writer in between would have the copy begin anew."""
    with closing(db.engine.raw_connection()) as lent, closing(sqlite3.connect(copy)) as target:
        source = cast("sqlite3.Connection", lent.driver_connection)
        target.execute("PRAGMA synchronous=OFF")
        source.execute("BEGIN")
        try:
            pages = int(source.execute("PRAGMA page_count").fetchone()[0])
            with counting("Copying the database", pages) as move_on:
                source.backup(target, pages=_PAGES, progress=lambda _s, left, total: move_on(min(_PAGES, total - left)))
        finally:
            source.execute("ROLLBACK")
