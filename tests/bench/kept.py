"""What each part has found last, in var/bench: a long run that ends early loses nothing, and parts can be run alone."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.measure import Count, Finding, Growth, Line, Served, Target

_FOLDER = Path(__file__).resolve().parents[2] / "var" / "bench"


@dataclass(frozen=True)
class Part:
    """The lines of one part, the day on which they were measured, and the machine."""

    lines: list[Line]
    day: str
    machine: str


def keep(name: str, lines: Iterable[Line], machine: str) -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    said = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine, "lines": [asdict(line) for line in lines]}
    _file(name).write_text(json.dumps(said))


def kept(names: Iterable[str]) -> Iterator[Part]:
    """In the order of `names`; a part that was never run is left out."""
    for name in names:
        if _file(name).exists():
            said = json.loads(_file(name).read_text())
            yield Part([_line(one) for one in said["lines"]], said["day"], said["machine"])


def _line(said: dict[str, Any]) -> Line:
    for kind, field in ((Count, "counted"), (Growth, "large"), (Served, "serving")):
        if field in said:
            return kind(**said)
    return Finding(**{**said, "target": Target(**said["target"]) if said["target"] else None})


def _file(name: str) -> Path:
    return _FOLDER / f"{name}.json"
