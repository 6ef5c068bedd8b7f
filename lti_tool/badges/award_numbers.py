"""An award's number is its place in the status lists: it is given once, and never again."""

from sqlalchemy import func, select

from lti_tool.badges.model import Award, award_numbers
from lti_tool.db import db


def next_numbers(count: int) -> list[int]:
    """So many numbers that no award has had.

    PostgreSQL counts outside the transaction, so that nobody waits for anybody; on SQLite one writes at a time anyway.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        first = 1 + (db.session.scalar(select(func.max(Award.number))) or 0)
        return list(range(first, first + count))
    rows = func.generate_series(1, count).table_valued("row")
    return list(db.session.scalars(select(award_numbers.next_value()).select_from(rows)))
