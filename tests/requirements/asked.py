"""The requirements as they are written down, one file for each group of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
_SHOWS = re.compile(r"test_([a-z]+)_([0-9]+)_")


@dataclass(frozen=True)
class Requirement:
    id: str
    sentence: str


def requirements() -> Iterator[Requirement]:
    """Every one, in the order of the files."""
    for path in sorted(HERE.glob("*.toml")):
        for group, sentences in tomllib.loads(path.read_text()).items():
            for number, sentence in sentences.items():
                yield Requirement(f"{group}-{number}", sentence)


def shown_by(test: str) -> str | None:
    """The id of the requirement that a test of this name shows, such as `DM-01`."""
    match = _SHOWS.match(test)
    return f"{match[1].upper()}-{match[2]}" if match else None
