"""Which stored files are still in use: the one place that knows every table that names files.

A file is kept once for everybody who brought the same bytes, so before one is forgotten every such column is asked. A
column that names files ends in `_key` and is as long as a key (a house test holds the list), so whoever adds a table
need not remember this page.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Column, CompoundSelect, String, Table, literal_column, select, union
from sqlalchemy.exc import SQLAlchemyError

from lti_tool import schema
from lti_tool.db import Row, after_commit, after_rollback, db, single_read
from lti_tool.jobs import RetryLater, enqueue, run_job
from lti_tool.logs import log
from lti_tool.storage import StorageAway, storage_here

JOB = "files.forget"
_AGAIN_AFTER = 60.0  # seconds, while the files cannot be reached
_KEY_LENGTH = 64
_OLD = timedelta(days=1)  # longer than any transaction lasts
_AT_ONCE, _OF_ONE_TURN = 500, 1000


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


def keep_file(data: bytes) -> str:
    """Its key, for a row of this transaction. The file is there once that is through, even if somebody forgot the same
    bytes meanwhile. Where it comes to nothing the file goes again, unless a row names it.
    """
    key = storage_here().put(data)
    make_sure_of(key, data)
    after_rollback(partial(_take_back, key))
    return key


def make_sure_of(key: str, data: bytes) -> None:
    """The file is there once this transaction is through, even if somebody forgot the same bytes meanwhile."""
    after_commit(partial(_put_back, key, data))


def forget_files(keys: Iterable[str | None], *, but: str = "") -> None:
    """Those of these that no row names any more, once the transaction is through: at once, or by the queue when the
    files can be reached again. Rows of the table `but` do not count: its own caller has asked them.
    """
    asked = {one for one in keys if one}
    if gone := sorted(asked - _named(asked, but)):
        after_commit(partial(run_job, enqueue(JOB, {"keys": gone, "but": but})))


def forget_by_job(arguments: dict[str, Any]) -> None:
    """The job. It ends when none of these `keys` is left that nobody names."""
    for key in arguments["keys"]:
        try:
            _forget_unless_named(key, arguments["but"])
        except StorageAway:
            log.warning("file_not_forgotten", key=key)
            raise RetryLater(_AGAIN_AFTER) from None


def forget_now(keys: Iterable[str], *, but: str = "") -> None:
    """The same outside a transaction, and without a job: for what was kept for rows that came to nothing, and for a
    caller that comes round again.
    """
    for key in set(keys):
        try:
            _forget_unless_named(key, but)
        except StorageAway:
            log.warning("file_not_forgotten", key=key)


def forget_unnamed() -> None:
    """What a process has left that was killed between a file and its row, and what nobody forgot: files that have lain
    there for a day and that no row names, some of them at a turn. Runs on the schedule.

    All are left where a newer version has migrated the database, for its rows may name files in columns of which this
    one knows nothing; and where most of what lies there is nobody's, for then this may not be its database.
    """
    if schema.standing() is not schema.Standing.HERE:
        return
    looked_at, unnamed = 0, list[str]()
    try:
        for some in _some_at_once(storage_here().older_than(_OLD)):
            looked_at += len(some)
            unnamed += _unnamed(some)
            if len(unnamed) >= _OF_ONE_TURN:
                break
    except StorageAway:
        raise RetryLater(_AGAIN_AFTER) from None
    if 2 * len(unnamed) > looked_at:
        log.warning("files_of_nobody_left", files=looked_at, of_nobody=len(unnamed))
    elif unnamed:
        log.info("files_of_nobody_forgotten", files=len(unnamed))
        forget_by_job({"keys": unnamed, "but": ""})


def _named(keys: set[str], but: str) -> set[str]:
    return {row[0] for row in db.session.execute(_naming(keys, but))} if keys else set()


def _naming(keys: set[str], but: str) -> Any:
    asked = [column for column in file_columns() if column.table.name != but]
    return union(*(column.table.select().with_only_columns(column).where(column.in_(keys)) for column in asked))


def _unnamed(keys: list[str]) -> list[str]:
    with single_read() as connection:
        named = {row[0] for row in connection.execute(_naming(set(keys), ""))}
    return [key for key in keys if key not in named]


def _some_at_once(keys: Iterator[str]) -> Iterator[list[str]]:
    while some := list(islice(keys, _AT_ONCE)):
        yield some


def _forget_unless_named(key: str, but: str) -> None:
    """Somebody may have brought the same bytes since it was asked: so it is asked once more when the file is gone, and
    put back if it is named. Whoever brings it looks again after their commit, so that one of the two sees the other.
    Only what is about to go is read: what somebody names is left alone, however far away it lies.
    """
    if _is_named(key, but):
        return
    storage = storage_here()
    try:
        data = storage.get(key)
    except KeyError:
        return
    storage.delete(key)
    if _is_named(key, but):
        storage.put(data)


def _is_named(key: str, but: str) -> bool:
    with single_read() as connection:
        return connection.execute(_naming({key}, but)).first() is not None


def _take_back(key: str) -> None:
    try:
        _forget_unless_named(key, "")
    except (StorageAway, OSError, SQLAlchemyError):  # `forget_unnamed` comes by tomorrow
        log.warning("file_not_forgotten", key=key)


def _put_back(key: str, data: bytes) -> None:
    try:
        storage_here().put(data)  # it looks first whether it is there
    except StorageAway:
        log.warning("file_not_looked_for", key=key)
