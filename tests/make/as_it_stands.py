"""All that stands in a database, by its own tables and columns: the models may be younger, or older."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from lti_tool.db import db

Columns = Mapping[str, Sequence[str]]


def columns_there() -> dict[str, list[str]]:
    """Of every table but the one that Alembic keeps."""
    looking = sa.inspect(db.engine)
    named = set(looking.get_table_names()) - {"alembic_version"}
    return {name: [column["name"] for column in looking.get_columns(name)] for name in sorted(named)}


def facts(columns: Columns) -> dict[str, list[str]]:
    """What every row says in these columns; as the driver gives it, past the models and their types."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(_asked(connection, name, of_table)).all()))
            for name, of_table in columns.items()
        }


def _asked(connection: sa.Connection, table: str, columns: Sequence[str]) -> sa.TextClause:
    quote = connection.dialect.identifier_preparer.quote
    return sa.text(f"SELECT {', '.join(map(quote, columns))} FROM {quote(table)}")  # noqa: S608 - names of our own
