"""One time budget over everything that a request does, name lookup included.

A server can keep us busy all that time: a body in pieces of one byte, headers or packed nothing without end. So the
work of reading is counted too.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic, thread_time
from typing import TypeVar

_Result = TypeVar("_Result")

MOST_WORK = 2.0
"""Seconds of computing. A megabyte takes a hundredth of one; but when Python tidies up a large process, that falls to
whichever thread is at work, and must not look like a hostile server.
"""

_deadline: ContextVar[float] = ContextVar("deadline")
_work_ends: ContextVar[float] = ContextVar("work_ends")


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Whatever runs inside has `seconds` altogether, as `time_left` tells it."""
    before = _deadline.set(monotonic() + seconds)
    work_before = _work_ends.set(thread_time() + MOST_WORK)
    try:
        yield
    finally:
        _work_ends.reset(work_before)
        _deadline.reset(before)


def is_spent() -> bool:
    return monotonic() >= _deadline.get() or thread_time() >= _work_ends.get()


def time_left() -> float:
    """Seconds, more than none; TimeoutError when they are used up."""
    if is_spent():
        raise TimeoutError
    return max(_deadline.get() - monotonic(), 0.001)


def in_time(work: Callable[[], _Result]) -> _Result:
    """What `work` returns, or TimeoutError: the system's name lookup knows no timeout of its own."""
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(time_left())
