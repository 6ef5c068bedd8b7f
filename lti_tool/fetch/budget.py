"""One time budget over everything that a request does, name lookup included."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar

_Result = TypeVar("_Result")

_deadline: ContextVar[float] = ContextVar("deadline")


@contextmanager
def budget(seconds: float) -> Iterator[None]:
    """Whatever runs inside has `seconds` altogether, as `time_left` tells it."""
    before = _deadline.set(monotonic() + seconds)
    try:
        yield
    finally:
        _deadline.reset(before)


def is_spent() -> bool:
    return monotonic() >= _deadline.get()


def time_left() -> float:
    """Seconds, more than none; TimeoutError when they are used up."""
    left = _deadline.get() - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


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
