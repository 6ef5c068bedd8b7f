"""All that a database holds, to be held against what it holds later."""

from typing import Any

from sqlalchemy import select

from lti_tool.db import Row, db


def everything() -> dict[str, list[Any]]:
    """Every row of every table."""
    db.session.rollback()
    with db.engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in Row.metadata.sorted_tables
        }
