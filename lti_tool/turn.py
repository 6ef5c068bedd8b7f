"""Whose turn it is to write, on SQLite: one after the other, woken at once.

SQLite lets one writer in and has the others sleep and try again, longer each time; with several threads and processes
most of a second went by asleep. Here they wait in the system's own queue instead: threads at a lock, processes at
another one on a file beside the database (flock, which a killed process gives back by dying).
"""

import fcntl
import os
import threading
from pathlib import Path
from types import TracebackType


class WritersTurn:
    """A context manager: inside it, nobody else of this database's threads and processes is."""

    def __init__(self, database: Path) -> None:
        self._place = database.with_name(f"{database.name}-turn")
        self._threads = threading.Lock()
        self._holder: int | None = None
        self._opened_by = 0
        self._file = -1

    def __enter__(self) -> None:
        if self._holder == threading.get_ident():
            raise RuntimeError("This thread has its turn already; it would wait for itself for ever.")
        self._threads.acquire()
        self._holder = threading.get_ident()
        try:
            fcntl.flock(self._own_file(), fcntl.LOCK_EX)
        except BaseException:
            self._holder = None
            self._threads.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._holder = None
        self._threads.release()

    def _own_file(self) -> int:
        """This process's own opening of the file: one inherited by a fork would share its lock."""
        if self._opened_by != os.getpid():
            self._file = os.open(self._place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            self._opened_by = os.getpid()
        return self._file
