"""What happens to the university during the day: processes are killed all the time, and every now and then something
that they all need goes away for a while.
"""

import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from lti_tool.sandbox.trouble import Trouble
from tests.make.programs import wait_until
from tests.soak.day.university import University

_GRACE = 3.0
_CRASH_EVERY, _TROUBLE_EVERY = 48, 12
_USUAL, _SLOW = 0.3, 1.0  # seconds for an answer of the platform's services


@dataclass(frozen=True)
class Window:
    """While this was away, and a moment after it was back."""

    name: str
    began: float
    ended: float


@dataclass
class Troubles:
    """`kills` by what was killed; `windows` of everything else: kill -9 breaks a connection and answers nothing, so no
    kill is ever the owner of a 500.
    """

    school: University
    seed: int
    kills: "Counter[str]" = field(default_factory=Counter)
    windows: list[Window] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.kills.total()

    def strike(self, kills: int, pause: float, ends: float, over: threading.Event) -> None:
        """Kill so often, or until the day ends."""
        self.school.calm_platform(_USUAL)
        die, others = random.Random(self.seed), itertools.cycle(self._others())  # noqa: S311 - the same day again
        for turn in itertools.count(1):
            if self.number >= kills or time.monotonic() > ends or over.wait(pause * die.uniform(0.5, 1.5)):
                return
            self._kill(turn)
            if turn % _TROUBLE_EVERY == 0:
                next(others)()

    def owner_of(self, moment: float) -> str | None:
        """What was away when this happened."""
        found = [one.name for one in self.windows if one.began <= moment <= one.ended]
        return ", ".join(sorted(set(found))) or None

    def _kill(self, turn: int) -> None:
        """One goes while another one is there to go on; now and then the whole web machine goes."""
        if turn % _CRASH_EVERY == 0:
            self.kills["web machine"] += self.school.web.crash()
        elif turn % 3:
            self.kills["web process"] += self.school.web.kill_a_worker()
        else:
            up = [one for one in self.school.workers if one.is_up]
            if len(up) == len(self.school.workers):  # whoever has been killed less often
                self.kills["worker"] += min(up, key=lambda one: one.starts).crash()

    def _others(self) -> tuple[Callable[[], None], ...]:
        return (self._stop_database, self._slow_platform, self._fill_disk, self._lose_queue)

    def _stop_database(self) -> None:
        with self._away("the database was stopped at once"):
            self.school.database.stop_at_once()
            time.sleep(1.0)
            self.school.database.start()

    def _fill_disk(self) -> None:
        with self._away("the disk was full"):
            self.school.disk.fill()
            time.sleep(4.0)
            self.school.disk.clear()

    def _lose_queue(self) -> None:
        with self._away("the job store was gone, and came back empty"):
            self.school.queue.kill()
            time.sleep(3.0)
            self.school.queue.start()

    def _slow_platform(self) -> None:
        """Slow, one in four answers a fault, and one in four of those after it has acted all the same."""
        faults = self.school.lms.faults
        with self._away("the platform was slow and stumbled"):
            self.school.calm_platform(_SLOW)
            faults.troubles = [
                Trouble(502, share=0.07, seed=self.seed, acts=True),
                Trouble(503, share=0.2, seed=self.seed + 1, retry_after=1),
            ]
            time.sleep(6.0)
            self.school.calm_platform(_USUAL)

    @contextmanager
    def _away(self, what: str) -> Iterator[None]:
        began = time.time()
        try:
            yield
        finally:
            self.windows.append(Window(what, began, time.time() + _GRACE))


def calm(school: University) -> None:
    """Nothing is in trouble any more, and the tool answers."""
    school.disk.clear()
    school.calm_platform()
    wait_until(school.answers)
