"""`python -m tests.bench [name …] [--write]`: run the benchmarks, or some, and print what each has found."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tests.bench import (
    award_export,
    awards,
    badge_objectives,
    bake,
    bulk,
    csv_export,
    delivery,
    grid,
    growth,
    image,
    kept,
    launch,
    leaderboard,
    move,
    pathways,
    replace,
    report,
    review,
    roster,
    safekeeping,
    signing,
    tokens,
    workers,
)
from tests.bench.databases import postgresql, postgresql_version, sqlite
from tests.bench.measure import Line

Lines = Iterator[Line]
_KINDS = (sqlite, postgresql)


def _on_each(measure: Callable[..., Lines]) -> Lines:
    for kind in _KINDS:
        with kind() as opened:
            yield from measure(opened)


BENCHMARKS: dict[str, Callable[[], Lines]] = {
    "launch": launch.measure,
    "roster": partial(_on_each, roster.measure),
    "delivery": partial(_on_each, delivery.measure),
    "tokens": tokens.measure,
    "leaderboard": partial(_on_each, leaderboard.measure),
    "review": partial(_on_each, review.measure),
    "csv": partial(_on_each, csv_export.measure),
    "grid": partial(_on_each, grid.measure),
    "bulk": partial(_on_each, bulk.measure),
    "pathways": partial(_on_each, pathways.measure),
    "badge_objectives": partial(_on_each, badge_objectives.measure),
    "bake": bake.measure,
    "awards": partial(_on_each, awards.measure),
    "replace": partial(_on_each, replace.measure),
    "export": partial(_on_each, award_export.measure),
    "image": image.measure,
    "safekeeping": partial(_on_each, safekeeping.measure),
    "move": move.measure,
    "signing": signing.measure,
    "growth": growth.measure,
    "workers": workers.measure,
}


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast, beside the floor of each.")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md, of each part the latest")
    asked = parser.parse_args(words)
    machine = report.machine([postgresql_version()])
    print(f"{machine}\n", flush=True)
    for name in asked.names or BENCHMARKS:
        began = time.monotonic()
        lines: list[Line] = []
        for line in BENCHMARKS[name]():
            lines.append(line)
            kept.keep(name, lines, machine)
        print(f"{report.tables(lines)}\n", flush=True)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    if asked.write:
        print(f"Written to {report.write(list(kept.kept(BENCHMARKS)))}.")


if __name__ == "__main__":
    main(sys.argv[1:])
