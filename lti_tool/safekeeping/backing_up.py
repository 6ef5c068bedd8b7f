"""Taking a backup while the tool runs: first the rows of one moment, then the files that they name.

A file is stored before the row that names it is committed, so rows first and files afterwards finds every file: the
other way round would miss those that came in between. What a person has deleted in between is not in the backup; it
says which files these are, so that a restore does not look for them.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import sqlalchemy as sa

from lti_tool import clock
from lti_tool.kept_files import is_still_named, keys_named_in
from lti_tool.safekeeping.answers import counting
from lti_tool.safekeeping.archive import About, ArchiveWriter, OneTable
from lti_tool.safekeeping.aside import KEYS, whole_or_not_at_all
from lti_tool.safekeeping.filling import count
from lti_tool.safekeeping.portable import Fingerprint, columns_of, few_at_once, line_of, rows_of
from lti_tool.safekeeping.standing_still import standing_still
from lti_tool.safekeeping.tables import own_revisions, own_tables
from lti_tool.storage import storage_here

_LOOKS, _PAUSE = 3, 0.2


@dataclass(frozen=True)
class BackedUp:
    """How much is inside. `lost` are files that rows name although they are nowhere: they were gone before."""

    rows: int
    files: int
    forgotten: int
    lost: int


def back_up(file: Path) -> BackedUp:
    """All rows and files into `file`, which is there whole or not at all."""
    with whole_or_not_at_all(file) as (folder, out), (folder / KEYS).open("w+") as keys:
        writer = ArchiveWriter(out)
        with standing_still(folder) as connection:
            about, fingerprints = _write_rows(connection, writer, keys)
        keys.seek(0)
        missing = _write_files(writer, keys, about.files)
        writer.seal(fingerprints=fingerprints, missing=missing)
        lost = sum(map(is_still_named, missing))
    rows = sum(table.rows for table in about.tables.values())
    return BackedUp(rows, about.files - len(missing), len(missing) - lost, lost)


def _write_rows(connection: sa.Connection, writer: ArchiveWriter, keys: TextIO) -> tuple[About, dict[str, str]]:
    """The keys are written aside, so that files are read when this moment has been let go."""
    tables = own_tables(connection)
    files = _write_keys(connection, tables, keys)
    kept = {table.name: OneTable(columns=columns_of(table), rows=count(connection, table)) for table in tables}
    about = About(
        backup="lti-tool 1", made_at=clock.iso(clock.now()), revision=own_revisions()[0], tables=kept, files=files
    )  # fmt: skip
    writer.about(about)
    made = {table.name: Fingerprint() for table in tables}
    with counting("Rows", sum(table.rows for table in kept.values())) as move_on:
        for table in tables:
            writer.rows(table.name, _lines(connection, table, made[table.name], move_on))
    return about, {name: one.digits for name, one in made.items()}


def _write_keys(connection: sa.Connection, tables: Sequence[sa.Table], keys: TextIO) -> int:
    number = 0
    for (key,) in few_at_once(connection, keys_named_in(tables)):
        keys.write(f"{key}\n")
        number += 1
    return number


def _lines(
    connection: sa.Connection, table: sa.Table, made: Fingerprint, move_on: Callable[[int], None]
) -> Iterator[bytes]:  # fmt: skip
    for row in rows_of(connection, table, columns_of(table)):
        line = line_of(row)
        made.add(line)
        move_on(1)
        yield line


def _write_files(writer: ArchiveWriter, keys: Iterable[str], number: int) -> list[str]:
    """Answers the keys of those that are not there."""
    missing = []
    with counting("Files", number) as move_on:
        for key in map(str.strip, keys):
            data = _file(key)
            if data is None:
                missing.append(key)
            else:
                writer.file(key, data)
            move_on(1)
    return missing


def _file(key: str) -> bytes | None:
    """None when it is gone. One that somebody forgets while another brings it is put back at once, so we look again."""
    for _ in range(_LOOKS):
        with suppress(KeyError):
            return storage_here().get(key)
        if not is_still_named(key):
            return None
        time.sleep(_PAUSE)
    return None
