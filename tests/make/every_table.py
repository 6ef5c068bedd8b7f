"""Three rows in every table there is, with the values that are hardest to carry from one database to the other.

What a column must be is read from the models; only what their rules tie together is said here. So a new table is
filled without anybody thinking of it, and a new rule that is not kept fails at once.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    Integer,
    LargeBinary,
    String,
    Table,
    insert,
    null,
    text,
    update,
)

from lti_tool.db import Instant, Row, db, transaction
from lti_tool.kept_files import file_columns
from lti_tool.launch.key_care import SEALED
from lti_tool.sealing import seal
from lti_tool.storage import storage_here

ROWS = 3
WORDS = ("Ünïcødé ✓ 学习 \U0001f9ed", "tab\there, line\nthere\\N \\. \\", "'quoted\" \r\n NULL ; \x01 \x7f")
_DOCUMENTS: tuple[Any, ...] = (
    {"b": 1, "a": [0.1, 1e300, -0.0, 12345678901234567890], "ü": {"": None}, "s": "\u2028 \\u0000 \U0001f9ed"},
    [],
    "a word",
)
_INSTANTS = (
    datetime(2026, 11, 29, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(2024, 2, 29, 1, 2, 3, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    datetime(1969, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
)
_DATES = (date(2026, 3, 29), date(1969, 12, 31), date(2400, 2, 29))

# What one column is depends on another one's value: three rows' worth of each.
_TIED: dict[str, dict[str, tuple[Any, ...]]] = {
    "collection_entry": {"imported_id": (None, ..., None), "award_id": (..., None, ...)},
    "pathway_element": {
        "kind": ("group", "badge", "badge"), "needs": ("all", "any", "some"), "needed": (None, None, 2),
        "badge_id": (None, ..., None), "badge_ref": (None, None, ...),
    },
    "member": {"status": ("active", "inactive", "open"), "person_id": (..., ..., None)},
    "objective": {"kind": ("manual", "badge", "badge"), "badge_id": (..., None, ...), "badge_ref": (None, ..., None)},
    "attachment": {"kind": ("file", "link", "file"), "file_key": (..., None, ...)},
}  # fmt: skip


def fill_every_table() -> dict[str, int]:
    """Answers how many rows each table has now."""
    made: dict[str, list[dict[str, Any]]] = {}
    with transaction() as connection:
        for table in Row.metadata.sorted_tables:
            made[table.name] = [_row(table, number, made) for number in range(ROWS)]
            for values in made[table.name]:
                connection.execute(insert(table).values(values))
        for table in Row.metadata.sorted_tables:
            _point_at_themselves(table, made[table.name])
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('award_number', (SELECT max(number) FROM award))"))
    return {name: len(rows) for name, rows in made.items()}


def _row(table: Table, number: int, made: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {column.name: _value(column, number, made) for column in table.columns}


def _value(column: Column[Any], number: int, made: dict[str, list[dict[str, Any]]]) -> Any:
    tied = _TIED.get(column.table.name, {}).get(column.name)
    if tied and tied[number] is not ...:
        return tied[number]
    if column.foreign_keys:
        parent = next(iter(column.foreign_keys)).column
        return None if parent.table is column.table else made[parent.table.name][number][parent.name]
    if choices := _choices(column):
        return choices[number % len(choices)]
    if not tied and column.nullable and number == 1:
        return null()
    if column in file_columns():
        return storage_here().put(f"{column.table.name}.{column.name} {number}".encode() + bytes(range(256)))
    if any(column.table is model.__table__ and column.name == name for model, name, _ in SEALED):
        return seal(f"a secret {number}".encode())
    return next(make(column, number) for kind, make in _KINDS if isinstance(column.type, kind))


def _choices(column: Column[Any]) -> list[str]:
    """What a rule of the table lets it be."""
    for rule in column.table.constraints:
        if isinstance(rule, CheckConstraint):
            said = re.fullmatch(rf"{column.name} IN \((.*)\)", str(rule.sqltext))
            if said:
                return re.findall(r"'([^']*)'", said[1])
    return []


def _words(column: Column[Any], number: int) -> str:
    """Another one in every row, as long as it may be at most."""
    length = getattr(column.type, "length", None) or 400
    own = f"{number}{column.name}"[:length] if column.primary_key or column.unique or length < 40 else WORDS[number]
    return own[:length]


_KINDS: tuple[tuple[type[Any], Callable[[Column[Any], int], Any]], ...] = (
    (String, _words),
    (Instant, lambda _column, number: _INSTANTS[number]),
    (Date, lambda _column, number: _DATES[number]),
    (Boolean, lambda _column, number: number != 1),
    (BigInteger, lambda _column, number: 2**53 + 1 + number),
    (Integer, lambda _column, number: (0, 7, 2**31 - 1)[number]),
    (Double, lambda _column, number: (0.1, 1 / 3, 1e-300)[number]),
    (JSON, lambda _column, number: _DOCUMENTS[number]),
    (LargeBinary, lambda _column, number: bytes(range(256))[number:]),
)


def _point_at_themselves(table: Table, rows: list[dict[str, Any]]) -> None:
    """An earlier row at a later one: whoever takes rows in one by one cannot take this one."""
    for column in table.columns:
        if any(key.column.table is table for key in column.foreign_keys):
            pointing, at = (rows[number]["id"] for number in (0, ROWS - 1))
            db.session.execute(update(table).where(table.c.id == pointing).values({column.name: at}))
