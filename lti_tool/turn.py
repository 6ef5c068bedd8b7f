"""Whose turn it is to write, on SQLite: one after the other, woken at once.

SQLite lets one writer in and has the others sleep and try again, longer each time; with several threads and processes
most of a second went by asleep. Here they wait in the system's own queue instead, at a lock on a file beside the
database (flock, which a killed process gives back by dying). Each thread opens the file for itself, so threads and
processes are told apart alike. A lock of Python's for the threads would cost more: who gives it back wakes the next one
while holding the interpreter, and whoever is woken can do nothing with that.
"""

import fcntl
import os
import threading
import weakref
from pathlib import Path
from types import TracebackType


class WritersTurn:
    """A context manager: inside it, nobody else of this database's threads and processes is."""

    def __init__(self, database: Path) -> None:
        self._place = database.with_name(f"{database.name}-turn")
        self._own = threading.local()

    def __enter__(self) -> None:
        seat = self._seat()
        if seat.has_turn:
            raise RuntimeError("This thread has its turn already; it would wait for itself for ever.")
        fcntl.flock(seat.file, fcntl.LOCK_EX)
        seat.has_turn = True

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:  # fmt: skip
        seat = self._seat()
        seat.has_turn = False
        fcntl.flock(seat.file, fcntl.LOCK_UN)

    def _seat(self) -> "_Seat":
        """This thread's own opening of the file: one inherited by a fork would share its lock."""
        seat: _Seat | None = getattr(self._own, "seat", None)
        if seat is None or seat.opened_by != os.getpid():
            seat = self._own.seat = _Seat(self._place)
        return seat


class _Seat:
    """One thread's opening of the file. It is closed with its thread, and a lock that is held goes with it."""

    def __init__(self, place: Path) -> None:
        self.file = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.opened_by, self.has_turn = os.getpid(), False
        weakref.finalize(self, os.close, self.file)
