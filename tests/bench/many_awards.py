"""Badges with as many holders as are asked for, written by the database itself."""

import os

from sqlalchemy import func, select, text

from lti_tool.badges.model import Award
from lti_tool.db import db, is_postgresql, transaction

_SIZES = "BENCH_AWARDS"
_AT_ONE_MOMENT = 1_000  # bulk awards share their date

_COUNTING = {
    True: "SELECT i FROM generate_series(1, :count) AS i",
    False: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n",
}
_KEY = {True: "lpad((:first + i)::text, 15, '0')", False: "printf('%015d', :first + i)"}
_DAY = {
    True: "timestamptz '2024-01-01 00:00:00Z' + (i / :together) * interval '15 minutes'",
    False: "strftime('%Y-%m-%d %H:%M:%S.000000', '2024-01-01', '+' || (i / :together * 15) || ' minutes')",
}
_PEOPLE = """
INSERT INTO person (id, organization_id, name, email, created_at)
SELECT 'person-' || {key}, :organization, 'Learner Nº ' || {key}, 'learner-' || {key} || '@example.org', {day}
FROM ({counting}) AS counted
"""
_AWARDS = """
INSERT INTO award (id, number, badge_id, person_id, recipient_email, salt, issued_on, narrative, revision, repeat,
 shows_name, awarded_by)
SELECT 'award-' || {key}, :first + i, :badge, 'person-' || {key}, 'learner-' || {key} || '@example.org',
 'a-salt-of-thirty-two-characters', {day}, 'Found the way, as promised.', 1, false, false, :by
FROM ({counting}) AS counted
"""


def sizes() -> list[int]:
    """How many awards: 1,000, 100,000 and 1,000,000, or what `BENCH_AWARDS` says instead: two or more, with commas."""
    return sorted(int(one) for one in os.environ.get(_SIZES, "1000,100000,1000000").split(","))


def make_awards(organization: str, badge: str, by: str, count: int) -> None:
    """`count` people who hold the badge."""
    kind = is_postgresql()
    first = 1 + (db.session.scalar(select(func.max(Award.number))) or 0)
    said = {"count": count, "organization": organization, "badge": badge, "by": by, "first": first}
    said["together"] = _AT_ONE_MOMENT
    words = {"key": _KEY[kind], "day": _DAY[kind], "counting": _COUNTING[kind]}
    with transaction() as connection:
        for statement in (_PEOPLE, _AWARDS):
            connection.execute(text(statement.format(**words)), said)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
