"""The way back: a backup into an empty database, all of it or nothing.

It is read once, from front to back, inside the one transaction that fills the tables. Before that ends every count, the
fingerprint of every table as it stands there now, every file and the seal must agree; otherwise the rows are rolled
back and the files that came with them are taken away again.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

from lti_tool.db import Row, single_read
from lti_tool.kept_files import keys_named_in
from lti_tool.safekeeping.answers import NotDone, counting
from lti_tool.safekeeping.archive import DAMAGED, FOREIGN, About, ArchiveReader, Seal
from lti_tool.safekeeping.filling import fill, filled_alone
from lti_tool.safekeeping.portable import PortableRow, few_at_once, fingerprint
from lti_tool.safekeeping.tables import own_revisions, revision_of, tables_named
from lti_tool.storage import Storage, key_of, storage_here

Put = Callable[[str, bytes], None]


@dataclass(frozen=True)
class Restored:
    """How much came back. An older release's tables still wait for their migration."""

    made_at: str
    rows: int
    files: int


def restore(file: Path) -> Restored:
    """What `file` holds into this installation, whose database has no row yet."""
    with file.open("rb") as opened:
        reader = ArchiveReader(opened)
        tables = _tables_for(reader.about)
        with _files_come_with_rows() as put, filled_alone(tables) as connection:
            _fill_tables(connection, tables, reader)
            files = _put_files(reader, put)
            seal = reader.seal()
            _compare_rows(connection, tables, reader.about, seal)
            _look_for_files(connection, tables, seal, files)
    rows = sum(table.rows for table in reader.about.tables.values())
    return Restored(reader.about.made_at, rows, files)


def _tables_for(about: About) -> tuple[sa.Table, ...]:
    """The tables of the release that made the backup, in the order of its rows. A database without any gets them."""
    if about.revision not in own_revisions()[1]:
        raise NotDone("A newer release of this tool made the backup: install that one, or a later one, and try again.")
    with single_read() as connection:
        here = revision_of(connection)
    if here is None:
        upgrade(revision=about.revision)
    elif here != about.revision:
        raise NotDone("The backup was made with the tables of another release than this database has: "
                      "give it a database without tables, and it brings up its own.")  # fmt: skip
    with single_read() as connection:
        there = set(sa.inspect(connection).get_table_names())
        if {table.name for table in Row.metadata.sorted_tables} & there - set(about.tables):
            raise NotDone(FOREIGN)
        found = {table.name: table for table in tables_named(connection, about.tables)}
    return tuple(found[name] for name in about.tables)


def _fill_tables(connection: sa.Connection, tables: Sequence[sa.Table], reader: ArchiveReader) -> None:
    kept = reader.about.tables
    with counting("Rows", sum(table.rows for table in kept.values())) as move_on:
        for table in tables:
            rows = _told(reader.rows(table.name), move_on)
            fill(connection, table, kept[table.name].columns, rows)


def _told(rows: Iterator[PortableRow], move_on: Callable[[int], None]) -> Iterator[PortableRow]:
    for row in rows:
        move_on(1)
        yield row


def _put_files(reader: ArchiveReader, put: Put) -> int:
    """Answers how many."""
    number = 0
    with counting("Files", reader.about.files) as move_on:
        for key, data in reader.files():
            put(key, data)
            number += 1
            move_on(1)
    return number


def _compare_rows(connection: sa.Connection, tables: Sequence[sa.Table], about: About, seal: Seal) -> None:
    with counting("Comparing", sum(table.rows for table in about.tables.values())) as move_on:
        for table in tables:
            said = about.tables[table.name]
            found = fingerprint(connection, table, said.columns, move_on)
            if (found.rows, found.digits) != (said.rows, seal.fingerprints.get(table.name)):
                raise NotDone(DAMAGED)


def _look_for_files(connection: sa.Connection, tables: Sequence[sa.Table], seal: Seal, files: int) -> None:
    """Every file that a row names has come, but for those that were missing in the backup already; and no other."""
    missing, storage, awaited = set(seal.missing), storage_here(), 0
    for (key,) in few_at_once(connection, keys_named_in(tables)):
        if key in missing:
            continue
        awaited += 1
        if not storage.exists(key):
            raise NotDone(DAMAGED)
    if awaited != files:
        raise NotDone(DAMAGED)


@contextmanager
def _files_come_with_rows() -> Iterator[Put]:
    """What was put is taken away again when the rows do not stay. Files that were here before are left alone."""
    storage = storage_here()
    with tempfile.TemporaryFile("w+") as came:

        def put(key: str, data: bytes) -> None:
            if not _lies_there_whole(storage, key):
                came.write(f"{key}\n")
                storage.put(data)

        try:
            yield put
        except BaseException:
            came.seek(0)
            for line in came:
                storage.delete(line.strip())
            raise


def _lies_there_whole(storage: Storage, key: str) -> bool:
    try:
        whole = key_of(storage.get(key)) == key
    except KeyError:
        return False
    if not whole:
        storage.delete(key)
    return whole
