"""Several programs as one: started together, stopped together, each by its own process id."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import FrameType

_PATIENCE = 20.0


def python(*words: str) -> list[str]:
    """The command line of one of our own programs, in this very environment."""
    return [sys.executable, "-m", *words]


def run_together(
    commands: Sequence[Sequence[str]], *, env: Mapping[str, str], started: Callable[[], None] = lambda: None
) -> int:
    """Run until a signal comes or one of them ends; then stop the others. Answers the exit code to leave with."""
    children = [subprocess.Popen(command, env=env) for command in commands]
    stop = False

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        nonlocal stop
        stop = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    try:
        started()
        while not stop and all(child.poll() is None for child in children):
            time.sleep(0.2)
    finally:
        codes = _stop(children)
    return 0 if stop else max(codes) or 1


def _stop(children: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    for child in children:
        if child.poll() is None:
            child.terminate()
    end = time.monotonic() + _PATIENCE
    for child in children:
        try:
            child.wait(timeout=max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
    return [abs(child.wait()) for child in children]
