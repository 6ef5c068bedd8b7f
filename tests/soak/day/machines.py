"""Machines that run one program each, and start it anew whenever it dies, as systemd does."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.make.programs import LTI_TOOL, environment

_PAUSE = 0.2
_BEGINS, _THREADS = 2, 3
_PATIENCE = 30.0


@dataclass
class Machine:
    """`lti-tool …` in a process group of its own; what it says is kept in a file."""

    name: str
    words: tuple[str, ...]
    folder: Path
    settings: dict[str, str]
    besides: dict[str, str] = field(default_factory=dict)
    starts: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.log = self.folder / f"{self.name}.log"
        self._keeper = threading.Thread(target=self._keep, name=self.name, daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._keeper.start()

    def stop(self) -> None:
        """As an operator stops it; who does not obey is killed."""
        self._over.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self.crash()
        self._keeper.join(_PATIENCE)

    def crash(self) -> bool:
        """The whole machine goes: kill -9 of every process of the group at once."""
        if self._process is None or self._process.poll() is not None:
            return False
        os.killpg(self._process.pid, signal.SIGKILL)
        return True

    @property
    def is_up(self) -> bool:
        """Does it work? A worker has begun when it has threads for its jobs beside the one that read its code."""
        if self._process is None or self._process.poll() is not None:
            return False
        words = ["ps", "-o", "nlwp=", "-p", str(self._process.pid)]
        return int(subprocess.run(words, capture_output=True, text=True, check=False).stdout or 0) >= _THREADS

    def kill_a_worker(self) -> bool:
        """kill -9 of the oldest process of the web server that serves requests; its master starts another one."""
        serving = self._serving()
        if len(serving) < 2:  # the last one is left, so that people get on with their day
            return False
        try:
            os.kill(serving[0], signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True

    def _serving(self) -> list[int]:
        """The oldest first: grandchildren of the group's first process, which starts the web server. Whoever was born
        this second is not among them.
        """
        leader = self._process.pid if self._process else -1
        words = ["ps", "-A", "-o", "pid=,ppid=,pgid=,etimes=,stat="]
        listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
        found = [line.split() for line in listed if line.split()[4][0] != "Z"]
        group = {int(pid): (int(parent), int(age)) for pid, parent, of, age, _ in found if int(of) == leader}
        ages = {pid: age for pid, (parent, age) in group.items() if group.get(parent, (0,))[0] == leader}
        return sorted((pid for pid, age in ages.items() if age >= _BEGINS), key=lambda pid: (-ages[pid], pid))

    def _keep(self) -> None:
        while not self._over.is_set():
            with self.log.open("ab") as log:
                process = subprocess.Popen(
                    [LTI_TOOL, *self.words], cwd=self.folder,
                    env={**environment(self.folder, **self.settings), **self.besides},
                    stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
            self._process, self.starts = process, self.starts + 1
            process.wait()
            with suppress(ProcessLookupError):  # what is left of its group must free the port
                os.killpg(process.pid, signal.SIGKILL)
            time.sleep(_PAUSE)
