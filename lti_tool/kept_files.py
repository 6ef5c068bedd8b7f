"""Which stored files are still in use: the one place that knows every table that names files.

A file is kept once for everybody who brought the same bytes, so before one is forgotten every such column is asked. A
column that names files ends in `_key` and is as long as a key (a house test holds the list), so whoever adds a table
need not remember this page.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import Column, CompoundSelect, String, Table, literal_column, select, union

from lti_tool.db import Row, after_commit, db, single_read
from lti_tool.logs import log
from lti_tool.storage import StorageAway, storage_here

_KEY_LENGTH = 64


def file_columns(tables: Iterable[Table] | None = None) -> list[Column[Any]]:
    """Every column whose values are keys of files, in all our tables or in these."""
    return [
        column
        for table in (Row.metadata.sorted_tables if tables is None else tables)
        for column in table.columns
        if column.name.endswith("_key") and isinstance(column.type, String) and column.type.length == _KEY_LENGTH
    ]


def keys_named_in(tables: Iterable[Table]) -> CompoundSelect[Any]:
    """Asks for the keys of all files that a row of these tables names, each once and in order."""
    columns = file_columns(tables)
    every = union(*(select(column).where(column.is_not(None)) for column in columns))
    return every.order_by(literal_column("1"))


def is_still_named(key: str) -> bool:
    return _is_named(key, "")


def make_sure_of(key: str, data: bytes) -> None:
    """The file is there once this transaction is through, even if somebody forgot the same bytes meanwhile."""
    after_commit(partial(_put_back, key, data))


def forget_files(keys: Iterable[str | None], *, but: str = "") -> None:
    """Those of these that no row names any more, once the transaction is through. Rows of the table `but` do not
    count: its own caller has asked them.
    """
    for key in {one for one in keys if one} - _named({one for one in keys if one}, but):
        after_commit(partial(_forget, key, but))


def forget_now(keys: Iterable[str], *, but: str = "") -> None:
    """The same outside a transaction: for what was kept for rows that came to nothing."""
    for key in set(keys):
        _forget(key, but)


def _named(keys: set[str], but: str) -> set[str]:
    return {row[0] for row in db.session.execute(_naming(keys, but))} if keys else set()


def _naming(keys: set[str], but: str) -> Any:
    asked = [column for column in file_columns() if column.table.name != but]
    return union(*(column.table.select().with_only_columns(column).where(column.in_(keys)) for column in asked))


def _forget(key: str, but: str) -> None:
    """What was decided is decided: a file that cannot be reached then lies there for nobody."""
    try:
        _forget_unless_named(key, but)
    except StorageAway:
        log.warning("file_not_forgotten", key=key)


def _forget_unless_named(key: str, but: str) -> None:
    """Somebody may have brought the same bytes since it was asked: so it is asked once more when the file is gone, and
    put back if it is named. Whoever brings it looks again after their commit, so that one of the two sees the other.
    """
    storage = storage_here()
    try:
        data = storage.get(key)
    except KeyError:
        return
    if _is_named(key, but):
        return
    storage.delete(key)
    if _is_named(key, but):
        storage.put(data)


def _is_named(key: str, but: str) -> bool:
    with single_read() as connection:
        return connection.execute(_naming({key}, but)).first() is not None


def _put_back(key: str, data: bytes) -> None:
    try:
        storage_here().put(data)  # it looks first whether it is there
    except StorageAway:
        log.warning("file_not_looked_for", key=key)
