"""What people did, and what they were told of it: the facts that an auditor holds against what stands at the end.

An answer below 400 is a promise. A refusal (4xx) is one too: it did not happen. An answer that was lost, or a fault of
the server's, promises nothing: it may have happened or not, but not twice.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import requests

Thing = tuple[str, ...]
"""What a deed is about: a kind, and whatever tells it from all others."""

Standing = str | int
UNTOUCHED: Standing = "untouched"


class Lost(Exception):  # noqa: N818 - it is what happened
    """The answer never came, or not whole."""


@dataclass(frozen=True)
class Deed:
    """What stands of the thing if it happened, when it was asked and answered, and what was told."""

    becomes: Standing
    asked: float
    answered: float
    told: str


@dataclass(frozen=True)
class Moment:
    """A backup was begun and was there: what was answered before is in it, what was asked later is not."""

    began: float
    ended: float


@dataclass
class Ledger:
    """Everybody writes here; whoever does something to a thing is the only one who does anything to it."""

    deeds: dict[Thing, list[Deed]] = field(default_factory=dict)
    told: "Counter[tuple[str, str]]" = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def act(
        self, becomes: dict[Thing, Standing], ask: Callable[[], requests.Response], *, as_kind: str = ""
    ) -> requests.Response:  # fmt: skip
        """One request that decides all of these things. Raises `Lost` without its answer."""
        asked, told = time.time(), "lost"
        try:
            answer = ask()
            told = _told(answer.status_code)
        except requests.RequestException as fault:
            raise Lost from fault
        finally:
            with self._lock:
                self.told[as_kind or next(iter(becomes))[0], told] += 1
                for thing, standing in becomes.items():
                    self.deeds.setdefault(thing, []).append(Deed(standing, asked, time.time(), told))
        return answer

    def note(self, thing: Thing, becomes: Standing, *, since: float) -> None:
        """Something that was answered with yes, learnt from the answer itself."""
        with self._lock:
            self.told[thing[0], "yes"] += 1
            self.deeds.setdefault(thing, []).append(Deed(becomes, since, time.time(), "yes"))

    def say_wrong(self, sentence: str) -> None:
        """Somebody saw at once what may not be."""
        with self._lock:
            self.wrong.append(sentence)

    def things(self, kind: str) -> list[Thing]:
        with self._lock:
            return [thing for thing in self.deeds if thing[0] == kind]

    def may_stand(self, thing: Thing, at: Moment | None = None) -> set[Standing]:
        """How the thing may stand at the end, or in a backup of a moment."""
        with self._lock:
            deeds = list(self.deeds.get(thing, ()))
        standing: set[Standing] = {UNTOUCHED}
        for deed in deeds:
            if at is not None and deed.asked > at.ended:
                continue
            surely = deed.told == "yes" and (at is None or deed.answered <= at.began)
            if deed.told != "no":
                standing = {deed.becomes} if surely else {*standing, deed.becomes}
        return standing

    def is_sure(self, thing: Thing, becomes: Standing) -> bool:
        """Must the thing stand so?"""
        return self.may_stand(thing) == {becomes}


def _told(status: int) -> str:
    return "yes" if status < 400 else "no" if status < 500 else "lost"


def again_and_again(act: Callable[[], object], over: threading.Event, pause: float) -> Iterator[str]:
    """Do it until the day is over. An answer that is lost is nobody's end: people shrug, wait, and go on."""
    while not over.wait(pause):
        with suppress(Lost, requests.RequestException):
            act()
            yield "done"
