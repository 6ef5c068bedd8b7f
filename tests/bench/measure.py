"""Rounds in turn, medians, and what is held against a target."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What the ratio of ours to the floor must reach: `at_most` for times, `at_least` for rates."""

    at_most: float | None = None
    at_least: float | None = None

    def is_met(self, ratio: float) -> bool:
        high = self.at_most is None or ratio <= self.at_most
        return high and (self.at_least is None or ratio >= self.at_least)

    @property
    def words(self) -> str:
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return f"≥ {self.at_least:g}"


@dataclass(frozen=True)
class Finding:
    """One line of the table. `ours` and `floor` are one figure per round, in `unit` (per second, s, ms, µs, MB, …)."""

    what: str
    ours: Sequence[float]
    floor_is: str
    floor: Sequence[float]
    unit: str
    target: Target | None = None

    @property
    def ratio(self) -> float:
        return median_ratio(self.ours, self.floor)

    @property
    def is_met(self) -> bool | None:
        return self.target.is_met(self.ratio) if self.target else None


@dataclass(frozen=True)
class Count:
    """A line that has no floor: a number that must be exactly `target`."""

    what: str
    counted: int
    target: int

    @property
    def is_met(self) -> bool:
        return self.counted == self.target


@dataclass(frozen=True)
class Growth:
    """The same done with ten times the data. `small` and `large` are one figure per round, in `unit`; `expected` says
    what the time of it may do: stay "constant", or grow "linear" with the data.
    """

    what: str
    data: str
    small: Sequence[float]
    large: Sequence[float]
    unit: str
    expected: str

    @property
    def ratio(self) -> float:
        return median_ratio(self.large, self.small)


@dataclass(frozen=True)
class Served:
    """What so many web processes answer, one figure per round: requests per second, and how much of one processor each
    of `busy` took meanwhile. `beside` are the requests per second that the others are held against.
    """

    serving: str
    rate: Sequence[float]
    beside: Sequence[float]
    busy: dict[str, Sequence[float]]

    @property
    def ratio(self) -> float:
        return median_ratio(self.rate, self.beside)


Line = Finding | Count | Growth | Served
Acts = dict[int, Callable[[], float]]
"""By the size of the data: does it once and answers the seconds that it took."""


def median_ratio(mine: Sequence[float], base: Sequence[float]) -> float:
    """The median of the rounds' own ratios: both sides of each were measured within the same seconds."""
    return statistics.median(one / other for one, other in zip(mine, base, strict=True))


def seconds(act: Callable[[], object], times: int = 1) -> float:
    """How long one call of `act` takes, over `times` of them, without the garbage of others."""
    gc.collect()
    gc.disable()
    try:
        began = time.perf_counter()
        for _ in range(times):
            act()
        return (time.perf_counter() - began) / times
    finally:
        gc.enable()


def in_turn(rounds: int, acts: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Let every act measure itself once per round; the order turns around from one round to the next."""
    found: dict[str, list[float]] = {name: [] for name in acts}
    for number in range(rounds):
        names = list(acts) if number % 2 == 0 else list(reversed(acts))
        for name in names:
            found[name].append(acts[name]())
    return found


def scaled(values: Sequence[float], factor: float) -> list[float]:
    return [value * factor for value in values]
