"""Where uploaded files lie. A file is kept under the hash of what is in it.

So the same picture uploaded twice lies there once, what a key names never changes, and no name that a person
chose ever becomes part of a path.
"""

import os
import re
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from flask import current_app

from lti_tool.errors import Entry, catalogue

_KEY = re.compile(r"[0-9a-f]{64}")
_ARRIVING = "arriving-"


catalogue(
    {
        "files_away": Entry(
            503, "Files cannot be reached right now", "The place where this tool keeps its files does not answer.",
            "the operator of this tool", "Try again in a minute. Nothing was lost.",
        ),
    }
)  # fmt: skip


class StorageAway(Exception):  # noqa: N818 - it is what happened
    """The place of the files does not answer, or refuses us. Its words are for the operator."""


class Storage(Protocol):
    """Bytes under the SHA-256 of the bytes, as 64 small hex digits. Anything else is no key: KeyError.

    Any of these may raise `StorageAway` where the files lie elsewhere.
    """

    def put(self, data: bytes) -> str:
        """Keep `data` and return its key. Putting the same bytes again changes nothing."""

    def get(self, key: str) -> bytes:
        """The bytes under `key`; KeyError when there are none."""

    def exists(self, key: str) -> bool:
        """Whether `get` would find something."""

    def delete(self, key: str) -> None:
        """Forget what lies under `key`, if anything. Whoever asks knows that no row names it any more."""

    def is_reached(self) -> bool:
        """A short look for whoever watches, two seconds at most."""

    def older_than(self, age: timedelta) -> Iterator[str]:
        """The keys of what has lain there for longer. It may be gone already when it is reached."""


class FolderStorage:
    """Storage in a folder, in two levels of subfolders, so that none grows beyond what file systems like."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, data: bytes) -> str:
        key = key_of(data)
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_whole(path, data)
        return key

    def get(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            raise KeyError(key) from None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def is_reached(self) -> bool:
        try:  # before the first file there may be no folder, but a place where one can be made
            there = next(one for one in (self._root, *self._root.parents) if one.exists())
        except OSError:
            return False
        return there.is_dir() and os.access(there, os.W_OK)

    def older_than(self, age: timedelta) -> Iterator[str]:
        oldest = time.time() - age.total_seconds()
        for path in self._root.glob("*/*/*"):
            try:
                if path.stat().st_mtime >= oldest:
                    continue
                if _KEY.fullmatch(path.name):
                    yield path.name
                elif path.name.startswith(_ARRIVING):
                    path.unlink()  # whoever wrote it was killed, and nobody will ever find it
            except FileNotFoundError:
                continue

    def _path(self, key: str) -> Path:
        return self._root.joinpath(*parts_of(key))


def parts_of(key: str) -> tuple[str, str, str]:
    """The path below which a key lies; KeyError for what is none, so that no name ever becomes one."""
    if not _KEY.fullmatch(key):
        raise KeyError(key)
    return key[:2], key[2:4], key


def key_of(data: bytes) -> str:
    """Under which key these bytes lie, or would."""
    return sha256(data).hexdigest()


def storage_here() -> Storage:
    """The storage of this installation."""
    storage: Storage = current_app.extensions["storage"]
    return storage


def _write_whole(path: Path, data: bytes) -> None:
    """All of it or nothing, also when the power fails: written aside, flushed to the disk, then renamed."""
    handle, aside = tempfile.mkstemp(prefix=_ARRIVING, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name, too, must outlast a power cut
    finally:
        os.close(folder)
