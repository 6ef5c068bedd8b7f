"""The same with ten times the data: what should cost the same does, and what must grow grows with the data alone."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from tests.bench import bake, bulk, csv_export, delivery, grid, launch, leaderboard, replace, review, roster
from tests.bench.databases import Kind, postgresql, sqlite
from tests.bench.measure import Acts, Growth, in_turn, scaled

TIMES = 10
_IN = {"s": 1.0, "ms": 1e3, "µs": 1e6}


@dataclass(frozen=True)
class _Step:
    """`at_sizes` makes ready so much data of each size; `few` is the smaller one, counted in `data`."""

    what: str
    at_sizes: Callable[[Kind, Sequence[int]], AbstractContextManager[Acts]]
    few: int
    data: str
    unit: str
    expected: str
    rounds: int = 5


_STEPS = (
    _Step("A launch", launch.at_sizes, 300, "people who have launched before", "ms", "constant"),
    _Step("Roster, the first sync", roster.at_sizes, 5_000, "people", "s", "linear", 3),
    _Step("Leaderboard, staff", leaderboard.at_sizes, 10_000, "members", "ms", "constant"),
    _Step("Progress, the first page", grid.at_sizes, 500, "learners × 50", "ms", "constant"),
    _Step("Review, the queue", review.at_sizes, 500, "who wait", "ms", "constant"),
    _Step("Progress CSV", csv_export.at_sizes, 500, "learners × 50", "s", "linear"),
    _Step("Replacing a badge, the transaction", replace.at_sizes, 10_000, "awards", "ms", "constant"),
    _Step("Replacing a badge, from the button to the new picture", partial(replace.at_sizes, pressed=True), 10_000,
          "awards", "ms", "constant"),
    _Step("One objective completed for all, with its badge", bulk.at_sizes, 500, "learners", "s", "linear"),
    _Step("Scores delivered", delivery.at_sizes, 100, "scores that moved", "s", "linear", delivery.ROUNDS),
)  # fmt: skip
_BAKING = _Step("Baking one PNG", bake.at_sizes, 30_000, "bytes of picture", "µs", "linear")


def measure() -> Iterator[Growth]:
    with sqlite() as kind:
        yield _grown(_BAKING, kind, _BAKING.what)
    for kinds in (sqlite, postgresql):
        with kinds() as kind:
            for step in _STEPS:
                yield _grown(step, kind, f"{step.what} ({kind.name})")


def _grown(step: _Step, kind: Kind, what: str) -> Growth:
    print(f"growth: {what} …", file=sys.stderr, flush=True)
    few, many = step.few, TIMES * step.few
    with step.at_sizes(kind, (few, many)) as acts:
        found = in_turn(step.rounds, {str(size): act for size, act in acts.items()})
    small, large = (scaled(found[str(size)], _IN[step.unit]) for size in (few, many))
    return Growth(what, f"{few:,} → {many:,} {step.data}", small, large, step.unit, step.expected)
