"""A file that is there whole or not at all: what is not finished lies in a folder beside it, which somebody holds.

A process that is killed takes nothing away. So each such folder holds a file under a lock, which the system gives back
when its holder dies: the next backup sees that nobody is there any more, and clears the folder away. Other people's
may be called like it: so only one in which nothing of theirs lies is, and nothing but what we put there is taken away.
"""

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from lti_tool.safekeeping.answers import NotDone

_PREFIX, _HELD, _UNFINISHED = ".backup-", "held", "unfinished"
_NAMED = f"{_PREFIX}{'?' * 8}"  # as many signs as `tempfile` draws
KEYS, COPY = "keys", "spaces.db"  # what `backing_up` and `standing_still` lay beside it; SQLite's own files come along
_OURS = (_UNFINISHED, KEYS, COPY, f"{COPY}-journal", f"{COPY}-wal", f"{COPY}-shm", _HELD)  # the last to go
_NEW_SECONDS = 60.0  # between a folder and the lock in it lies a moment


@contextmanager
def whole_or_not_at_all(file: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A folder beside `file` for what is not finished, and the file in it that becomes `file` at the end."""
    if file.exists():
        raise NotDone(f"{file} is there already, and no backup is ever written over. Choose another name.")
    clear_away(file.parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=file.parent) as name, _held(Path(name)):
        unfinished = Path(name) / _UNFINISHED
        unfinished.touch(mode=0o600)  # it holds what the database holds: nobody else may read it
        with unfinished.open("wb") as out:
            yield Path(name), out
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)


def clear_away(folder: Path) -> None:
    """What backups have left here that were killed. One that is being taken is let be, and so is another's folder."""
    for left in folder.glob(_NAMED):
        if left.is_dir() and not left.is_symlink() and _is_left_of_ours(left):
            _take_away(left)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with (folder / _HELD).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_left_of_ours(folder: Path) -> bool:
    try:
        inside = {one.name for one in folder.iterdir()}
        if not inside:  # just made, or killed before it was held
            return time.time() - folder.stat().st_mtime > _NEW_SECONDS
        return _HELD in inside and inside <= set(_OURS) and _is_nobodys(folder / _HELD)
    except OSError:  # its holder has just taken it away, or it is not for us to look into
        return False


def _is_nobodys(held: Path) -> bool:
    with held.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def _take_away(folder: Path) -> None:
    with suppress(OSError):
        for name in _OURS:
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
