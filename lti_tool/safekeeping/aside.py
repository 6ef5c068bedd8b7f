"""A file that is there whole or not at all: what is not finished lies in a folder beside it, which somebody holds.

A process that is killed takes nothing away. So each such folder holds a file under a lock, which the system gives back
when its holder dies: the next backup sees that nobody is there any more, and clears the folder away.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from lti_tool.safekeeping.answers import NotDone

_PREFIX, _HELD = ".backup-", "held"
_NEW_SECONDS = 60.0  # between a folder and the lock in it lies a moment


@contextmanager
def whole_or_not_at_all(file: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A folder beside `file` for what is not finished, and the file in it that becomes `file` at the end."""
    if file.exists():
        raise NotDone(f"{file} is there already, and no backup is ever written over. Choose another name.")
    clear_away(file.parent)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=file.parent) as name, _held(Path(name)):
        unfinished = Path(name) / "unfinished"
        unfinished.touch(mode=0o600)  # it holds what the database holds: nobody else may read it
        with unfinished.open("wb") as out:
            yield Path(name), out
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)


def clear_away(folder: Path) -> None:
    """What backups have left here that were killed. One that is being taken is let be."""
    for left in folder.glob(f"{_PREFIX}*"):
        if left.is_dir() and not left.is_symlink() and _is_nobodys(left):
            shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    with (folder / _HELD).open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_nobodys(folder: Path) -> bool:
    try:
        with (folder / _HELD).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # without the file: just made, left by an older version, or another's
        return _age(folder) > _NEW_SECONDS
    return True


def _age(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:  # its holder has just taken it away
        return 0.0
