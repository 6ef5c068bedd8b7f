"""Deeds: jobs of a test, each of which writes a line into a file that every process can append to."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lti_tool import clock
from lti_tool.jobs import Away, RetryLater


class Wrong(Exception):  # noqa: N818 - it is what the job meets
    """What a job of a test fails with."""


@dataclass(frozen=True)
class Deeds:
    """The file, and what may be done: each deed is one line of it."""

    path: Path

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []

    def count(self, line: str) -> int:
        return self.lines().count(line)

    def first(self, beginning: str, patience: float = 60.0) -> str:
        """Wait for the first line that begins so."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            for line in self.lines():
                if line.startswith(beginning):
                    return line
            time.sleep(0.02)
        raise AssertionError(f"Nobody did {beginning!r} in {patience} seconds: {self.lines()}")

    def handlers(self) -> Mapping[str, Callable[[dict[str, Any]], None]]:
        return {"note": self.note, "slow": self.slow, "fail": self.fail, "later": self.later, "miss": self.miss}

    def note(self, arguments: dict[str, Any]) -> None:
        """Done at once."""
        self._write(arguments["say"])

    def slow(self, arguments: dict[str, Any]) -> None:
        """Takes its time, and tells who does it."""
        who = f"{arguments['say']} by {os.getpid()} {threading.get_ident()}"
        self._write(f"begin {who}")
        time.sleep(arguments["seconds"])
        self._write(f"end {who}")

    def fail(self, arguments: dict[str, Any]) -> None:
        self._write(arguments["say"])
        raise Wrong

    def later(self, arguments: dict[str, Any]) -> None:
        """Asks to be called again."""
        self._write(arguments["say"])
        raise RetryLater(arguments["seconds"])

    def miss(self, arguments: dict[str, Any]) -> None:
        """Needs somebody else, who does not answer."""
        raise Away(arguments["say"])

    def tick(self) -> None:
        """For the schedule."""
        self._write(f"tick {int(clock.now().timestamp())} by {os.getpid()}")

    def _write(self, line: str) -> None:
        with self.path.open("a") as notes:  # one short append: lines of several processes never mix
            notes.write(f"{line}\n")
