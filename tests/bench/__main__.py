"""`python -m tests.bench [name …] [--write]`: run the benchmarks and print one table."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tests.bench import bake, csv_export, launch, leaderboard, report, roster
from tests.bench.databases import postgresql, postgresql_version, sqlite
from tests.bench.measure import Count, Finding

Lines = Iterator[Finding | Count]
_KINDS = (sqlite, postgresql)


def _on_each(measure: Callable[..., Lines]) -> Lines:
    for kind in _KINDS:
        with kind() as opened:
            yield from measure(opened)


BENCHMARKS: dict[str, Callable[[], Lines]] = {
    "launch": launch.measure,
    "roster": partial(_on_each, roster.measure),
    "leaderboard": partial(_on_each, leaderboard.measure),
    "csv": partial(_on_each, csv_export.measure),
    "bake": bake.measure,
}


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="How fast, beside the floor of each.")
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="write docs/performance.md too")
    asked = parser.parse_args(words)
    lines: list[Finding | Count] = []
    for name in asked.names or BENCHMARKS:
        began = time.monotonic()
        lines += BENCHMARKS[name]()
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    stores = [postgresql_version()]
    print(f"\n{report.machine(stores)}\n\n{report.table(lines)}\n")
    if asked.write:
        print(f"Written to {report.write(lines, stores)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
