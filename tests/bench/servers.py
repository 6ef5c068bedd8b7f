"""Programs that a benchmark starts for itself: each on a free loopback port, each stopped by its own process id."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from lti_tool import places

_PATIENCE = 30.0


@contextmanager
def program(words: Sequence[str], *, port: int, log: Path, env: Mapping[str, str] | None = None) -> Iterator[int]:
    """Run `python -m words…` until the end of the block; it answers on `port` when the block begins. Gives its process
    id.
    """
    with log.open("wb") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", *words], env={**os.environ, **(env or {})}, stdout=said, stderr=said
        )
        try:
            _wait(running, port, log)
            yield running.pid
        finally:
            running.terminate()
            try:
                running.wait(timeout=_PATIENCE)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def gunicorn(app: str, port: int, how: Sequence[str]) -> list[str]:
    """The command line that serves `app` as the tool is served; `how` overrides the kind and number of workers."""
    config = str(places.CONFIG / "gunicorn.conf.py")
    return ["gunicorn", "--config", config, "--bind", f"127.0.0.1:{port}", *how, app]


def _wait(running: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and running.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"Nothing answers on port {port}:\n{log.read_text()}")
