"""An award's number is its place in the status lists: it is given once, and never again."""

from sqlalchemy import Connection, func, inspect, select

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


def count_on(connection: Connection) -> None:
    """Awards have come in with the numbers that they had elsewhere: PostgreSQL counts on behind the highest."""
    if connection.dialect.name != "postgresql" or not inspect(connection).has_sequence(award_numbers.name):
        return
    highest = connection.scalar(select(func.max(Award.number)))
    if highest:
        connection.execute(select(func.setval(award_numbers.name, highest)))
