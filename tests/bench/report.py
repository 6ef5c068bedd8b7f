"""The tables, on the screen and in docs/performance.md."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.bench.kept import Part
from tests.bench.measure import Count, Finding, Growth, Line, Served

Cells = tuple[str, ...]
_HEAD = ("What", "Ours", "Floor", "Ours ÷ floor", "Target", "Met")
_GROWTH = ("What", "Data", "Ours with the smaller", "Ours with ten times that", "Ratio", "Expected")
_SERVED = ("Web processes", "Requests per second", "÷ one process", "Busy meanwhile, of one processor", "Together")
_TEN_TIMES = """## With ten times the data

Ours alone, in turn with the smaller and the larger data; the ratio is again the median of the rounds' own. What is
expected to be linear may take ten times as long, what is constant as long as before.
"""
_MORE_PROCESSES = """## From one web process to two, on PostgreSQL

One mix of launches, leaderboards, pages of the grid and pages of an award, sent by a client that is a process of its
own. How busy each was is its processor time over the time that passed: 1.00 is one processor, all the while.
"""
_NOTES = Path(__file__).with_name("notes.md")
_PLACE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def tables(lines: Sequence[Line]) -> str:
    """What was measured beside a floor, with ten times the data, and with more processes: a table of each."""
    beside = [
        _count(one) if isinstance(one, Count) else _finding(one) for one in lines if isinstance(one, Finding | Count)
    ]
    grown = [_growth(one) for one in lines if isinstance(one, Growth)]
    served = [_served(one) for one in lines if isinstance(one, Served)]
    found = ((_HEAD, beside), (_GROWTH, grown), (_SERVED, served))
    return "\n\n".join(_table(head, rows) for head, rows in found if rows)


def _table(head: Cells, cells: Iterable[Cells]) -> str:
    """Markdown whose columns also stand straight on a screen."""
    rows = [head, *cells]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    shown = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    shown.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in shown)


def machine(databases: Sequence[str]) -> str:
    """What it was measured on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("gunicorn", "Flask", "SQLAlchemy", "PyLTI1p3"))
    stores = ", ".join([f"SQLite {sqlite3.sqlite_version}", *databases])
    cores = len(os.sched_getaffinity(0))
    processor = f"{platform.system()} {platform.machine()}, {cores} cores ({_processor()})"
    return f"{processor}; {platform.python_implementation()} {platform.python_version()}; {stores}; {libraries}."


def write(parts: Sequence[Part]) -> Path:
    """Put the table where readers find it."""
    _PLACE.write_text(document(parts))
    return _PLACE


def document(parts: Sequence[Part]) -> str:
    lines = [line for part in parts for line in part.lines]
    beside = [line for line in lines if isinstance(line, Finding | Count)]
    days, machines = sorted({part.day for part in parts}), sorted({part.machine for part in parts})
    missed = [line.what for line in beside if line.is_met is False]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "Every target is met."
    return f"""# Performance

Written by `make bench` (`python -m tests.bench --write`) on {" and ".join(days)}. Each figure stands beside its
floor: the least that the same result can cost on the same machine, measured in the same run, round by round in turn.
Figures are medians, with the lowest and highest round in brackets; the ratio is the median of the rounds' own ratios.

Measured on: {" And on: ".join(machines)}

{tables(beside)}

{verdict}

{_section(_TEN_TIMES, [line for line in lines if isinstance(line, Growth)])}\
{_section(_MORE_PROCESSES, [line for line in lines if isinstance(line, Served)])}\
{_NOTES.read_text().strip()}
"""


def _section(words: str, lines: Sequence[Line]) -> str:
    return f"{words}\n{tables(lines)}\n\n" if lines else ""


def _finding(line: Finding) -> Cells:
    return (
        line.what, _spread(line.ours, line.unit), f"{_spread(line.floor, line.unit)} {line.floor_is}",
        f"{line.ratio:.2f}", line.target.words if line.target else "", _met(line.is_met),
    )  # fmt: skip


def _count(line: Count) -> Cells:
    return line.what, f"{line.counted:,}", "", "", str(line.target), _met(line.is_met)


def _growth(line: Growth) -> Cells:
    small, large = (_spread(values, line.unit) for values in (line.small, line.large))
    return line.what, line.data, small, large, f"{line.ratio:.2f}", line.expected


def _served(line: Served) -> Cells:
    busy = {who: statistics.median(shares) for who, shares in line.busy.items()}
    said, together = ", ".join(f"{who} {share:.2f}" for who, share in busy.items()), f"{sum(busy.values()):.2f}"
    return line.serving, _spread(line.rate, "per s"), f"{line.ratio:.2f}", said, together


def _spread(values: Sequence[float], unit: str) -> str:
    low, high = _figure(min(values)), _figure(max(values))
    return f"{_figure(statistics.median(values))} {unit} ({low} – {high})"


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _met(is_met: bool | None) -> str:
    return {None: "", True: "yes", False: "no"}[is_met]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unnamed processor"
