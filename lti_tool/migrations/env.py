"""How Alembic reaches the database: through the application that runs the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from lti_tool.db import Instant, Row, db


def _without_our_types(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """A migration outlives our classes, so it names what the database keeps."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Instant) else False


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,
        render_item=_without_our_types,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise RuntimeError("A migration left a row that points at nothing: nothing was changed.")


def _set_wal() -> None:
    """Readers and the one writer do not wait for each other; the file remembers it."""
    raw = db.engine.raw_connection()
    raw.cursor().execute("PRAGMA journal_mode=WAL")
    raw.close()


@contextmanager
def _parents_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew, which deletes the rows that others point at: meanwhile it looks away,
    and before all is kept it looks at everything. (sqlite.org/lang_altertable.html, section 7)
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


if db.engine.dialect.name == "sqlite":
    _set_wal()
with (
    current_app.app_context(),
    db.engine.connect().execution_options(writing=True) as bound,
    _parents_may_be_rebuilt(bound),
):
    _run(bound)
