"""Programs of the house as an operator starts them: real processes, each in a folder and a group of its own."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from lti_tool.settings import Settings

LTI_TOOL = str(Path(sys.executable).with_name("lti-tool"))
_PATIENCE = 60.0


def spelled(settings: Settings) -> dict[str, str]:
    """What a test has set, as the environment says it."""
    said = settings.model_dump(exclude_defaults=True).items()
    return {name.upper(): ",".join(value) if isinstance(value, frozenset) else str(value) for name, value in said}


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What a program gets: no setting of whoever runs the tests, a folder, and what is given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LTI_TOOL_")}
    return {**kept, "LTI_TOOL_DATA_DIR": str(folder), **{f"LTI_TOOL_{name}": value for name, value in settings.items()}}


def lti_tool(folder: Path, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the command to its end."""
    return subprocess.run(
        [LTI_TOOL, *words], cwd=folder, env=environment(folder, **settings), capture_output=True, text=True,
        timeout=_PATIENCE,
    )  # fmt: skip


@dataclass
class Running:
    """A program that goes on until it is stopped. `said` grows while it talks."""

    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list)

    def wait_for(self, words: str) -> str:
        """Everything said so far, once `words` are among it."""
        end = time.monotonic() + _PATIENCE
        while words not in (text := "".join(self.said)):
            assert self.process.poll() is None, f"It ended with {self.process.returncode}: {text}"
            assert time.monotonic() < end, text
            time.sleep(0.05)
        return text

    def wait_until_it_answers(self, url: str) -> int:
        """The status of the first answer at an address of the program."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            assert self.process.poll() is None, "".join(self.said)
            try:
                return requests.get(url, timeout=5).status_code
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError("".join(self.said))

    def press_ctrl_c(self) -> int:
        """What a terminal does: every process of the group gets the signal. Answers the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(_PATIENCE)

    def child(self, *words: str) -> int:
        """The id of the process of the group whose command line holds all these words."""
        for pid, command in self._alive().items():
            if all(word in command for word in words):
                return pid
        raise AssertionError(self._alive())

    def leaves_nobody(self, seconds: float = 10.0) -> bool:
        """Is no process of the group alive any more, now or in a moment?"""
        end = time.monotonic() + seconds
        while self._alive() and time.monotonic() < end:
            time.sleep(0.1)
        return not self._alive()

    def _alive(self) -> dict[int, str]:
        """The command lines of the group by process id; the dead whom nobody has buried yet are not in it."""
        words = ["ps", "-A", "-o", "pid=,pgid=,stat=,args="]
        listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
        lines = [line.split(None, 3) for line in listed]
        return {int(line[0]): line[-1] for line in lines if int(line[1]) == self.process.pid and line[2][0] != "Z"}


@contextmanager
def running(folder: Path, *words: str, **settings: str) -> Iterator[Running]:
    """`lti-tool …` while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with started([LTI_TOOL, *words], folder, **settings) as command:
        yield command


@contextmanager
def started(command: list[str], folder: Path, **settings: str) -> Iterator[Running]:
    """Any program; whatever is left of its group at the end is killed."""
    process = subprocess.Popen(
        command, cwd=folder, env=environment(folder, **settings), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True,
    )  # fmt: skip
    program = Running(process)
    assert process.stdout is not None
    listener = threading.Thread(target=program.said.extend, args=(iter(process.stdout.readline, ""),), daemon=True)
    listener.start()
    try:
        yield program
    finally:
        if not program.leaves_nobody(seconds=0):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_PATIENCE)
        listener.join(_PATIENCE)
        process.stdout.close()


def wait_until(true: Callable[[], bool], patience: float = _PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"It did not come in {patience} seconds."
        time.sleep(0.05)
