"""The tables of a database as they stand there, whatever release made them: a backup may be older than the models."""

from collections.abc import Collection

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lti_tool.db import Row
from lti_tool.places import PACKAGE
from lti_tool.safekeeping.answers import NotDone


def revision_of(connection: sa.Connection) -> str | None:
    """None for a database without our tables."""
    return MigrationContext.configure(connection).get_current_revision()


def own_revisions() -> tuple[str, set[str]]:
    """The one that this release makes, and all that it knows."""
    script = ScriptDirectory(str(PACKAGE / "migrations"))
    return str(script.get_current_head()), {one.revision for one in script.walk_revisions()}


def own_tables(connection: sa.Connection) -> tuple[sa.Table, ...]:
    """Every table of this release; a database that another one made is refused."""
    if revision_of(connection) != own_revisions()[0]:
        raise NotDone("The database's schema is not the one of this release: run `lti-tool migrate` first.")
    return tables_named(connection, {table.name for table in Row.metadata.sorted_tables})


def tables_named(connection: sa.Connection, names: Collection[str]) -> tuple[sa.Table, ...]:
    """Those that were asked for, each behind the tables that it points at. Others in the database are not ours."""
    there = set(sa.inspect(connection).get_table_names())
    if missing := set(names) - there:
        raise NotDone(f"The database has no table {', '.join(sorted(missing))}.")
    found = sa.MetaData()
    found.reflect(connection, only=sorted(names), resolve_fks=False)
    return tuple(found.sorted_tables)
