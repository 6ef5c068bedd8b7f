"""Several programs as one: started together, stopped together, each by its own process id."""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

import click

_PATIENCE = 25.0  # a little more than gunicorn gives its last requests


def python(*words: str) -> list[str]:
    """The command line of one of our own programs, in this very environment."""
    return [sys.executable, "-m", *words]


def port_problem(host: str, port: int, option: str = "--port") -> str | None:
    """Why nothing of ours can listen there, in a sentence; None when it can. `option` chooses another port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            return f"Port {port} is in use by another program: stop it, or choose another port with {option}."
        why = os.strerror(fault.errno) if fault.errno else str(fault)
        return f"Port {port} cannot be opened on {host} ({why}): choose another one with {option}."
    return None


def run_together(
    commands: Sequence[Sequence[str]], *, env: Mapping[str, str], look: Callable[[], bool] = lambda: True,
    patience: float = _PATIENCE,
) -> int:  # fmt: skip
    """Run until a signal comes or one of them ends; then stop the others. Answers the exit code to leave with.

    `look` is asked again and again until it answers True: it finds out when everything is up, and says so.
    Whoever does not stop within `patience` seconds is killed: more than its own children may take.
    """
    with _remembering_signals() as stop:  # before the first child: one that nobody stops would outlive us
        children = [subprocess.Popen(command, env=env) for command in commands]
        looked = False
        try:
            while not stop and all(child.poll() is None for child in children):
                looked = looked or look()
                time.sleep(0.2)
        finally:
            ended = [child for child in children if child.poll() is not None]
            if not stop:
                _tell(ended)
            _stop(children, patience)
    return 0 if stop else max(128 - code if code < 0 else code for code in (child.returncode for child in ended)) or 1


def _tell(ended: Sequence[subprocess.Popen[bytes]]) -> None:
    """Whoever reads the log at night sees which program went first, and how."""
    for child in ended:
        words = child.args if isinstance(child.args, list) else [str(child.args)]
        name = " ".join(word for word in words[2:4] if not word.startswith("-"))  # after `python -m`
        code = child.returncode
        how = f"was killed by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"ended with code {code}"
        click.echo(f"{name} {how}: what was started together with it is stopped too.", err=True)


@contextmanager
def _remembering_signals() -> Iterator[list[int]]:
    """SIGTERM and SIGINT are written into the list instead of ending this program at once."""
    seen: list[int] = []

    def on_signal(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(children: Sequence[subprocess.Popen[bytes]], patience: float) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    end = time.monotonic() + patience
    for child in children:
        try:
            child.wait(timeout=max(0.1, end - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
