"""How Alembic reaches the database: through the application that runs the command."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from flask import current_app
from sqlalchemy import Connection

from lti_tool.db import Instant, Row, db
from lti_tool.schema import RELEASES, number_of

_LONGEST_WAIT = "3s"


def _without_our_types(kind: str, thing: Any, _context: object) -> str | Literal[False]:
    """A migration outlives our classes, so it names what the database keeps."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Instant) else False


def _never_behind_a_release(
    ctx: MigrationContext, step: MigrationInfo, heads: Collection[Any], run_args: Mapping[str, Any]
) -> None:  # fmt: skip
    """Going back would drop what people have written since. Whoever must, restores a backup; and a version before this
    one serves this schema as it is. (decision 58)
    """
    released = max(map(number_of, RELEASES.values()))
    if not step.is_upgrade and any(number_of(one) <= released for one in step.source_revision_ids):
        raise RuntimeError(
            f"Revision {step.source_revision_ids[0]} was released: nothing goes back behind it. "
            "The version before this one serves this schema, and a backup brings back what was."
        )


@contextmanager
def _waiting_in_short_turns(connection: Connection) -> Iterator[None]:
    """Whoever waits for a table on PostgreSQL has everybody else wait behind, readers too: rather give up and try again
    (`lti-tool migrate` does).
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql(f"SET lock_timeout = '{_LONGEST_WAIT}'")
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.exec_driver_sql("RESET lock_timeout")
        connection.commit()


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Row.metadata,
        render_as_batch=True,
        render_item=_without_our_types,
        compare_type=True,
        on_version_apply=_never_behind_a_release,
        transactional_ddl=True,  # SQLite can, since our writing transactions begin by themselves: all steps or none
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
    _waiting_in_short_turns(bound),
):
    _run(bound)
