"""The one table, on the screen and in docs/performance.md."""

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path

from tests.bench.kept import Part
from tests.bench.measure import Count, Finding

_HEAD = ("What", "Ours", "Floor", "Ours ÷ floor", "Target", "Met")
_NOTES = Path(__file__).with_name("notes.md")
_PLACE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"


def table(lines: Iterable[Finding | Count]) -> str:
    """Markdown whose columns also stand straight on a screen."""
    rows = [_HEAD, *(_count(line) if isinstance(line, Count) else _finding(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
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
    days, machines = sorted({part.day for part in parts}), sorted({part.machine for part in parts})
    missed = [line.what for line in lines if line.is_met is False]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "Every target is met."
    return f"""# Performance

Written by `make bench` (`python -m tests.bench --write`) on {" and ".join(days)}. Each figure stands beside its
floor: the least that the same result can cost on the same machine, measured in the same run, round by round in turn.
Figures are medians, with the lowest and highest round in brackets; the ratio is the median of the rounds' own ratios.

Measured on: {" And on: ".join(machines)}

{table(lines)}

{verdict}

{_NOTES.read_text().strip()}
"""


def _finding(line: Finding) -> tuple[str, ...]:
    return (
        line.what, _spread(line.ours, line.unit), f"{_spread(line.floor, line.unit)} {line.floor_is}",
        f"{line.ratio:.2f}", line.target.words if line.target else "", _met(line.is_met),
    )  # fmt: skip


def _count(line: Count) -> tuple[str, ...]:
    return line.what, f"{line.counted:,}", "", "", str(line.target), _met(line.is_met)


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
