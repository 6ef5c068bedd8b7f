"""Who keeps what of a person. Each layer has one keeper, and `wiring.py` lists them, the upper ones first.

A keeper names every column through which its rows hang on a person: a test walks the tables and asks for the missing
ones, so that no table is forgotten when somebody asks what is kept, or to be erased.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select

from lti_tool import clock
from lti_tool.db import db

MOST_ROWS = 5_000
MOST_FILES = 500


class Fate(StrEnum):
    """What erasing does with rows: they are deleted, they stay without anything that says whose they were, or they
    stay as they are.
    """

    GOES = "goes"
    NAMELESS = "nameless"
    STAYS = "stays"


@dataclass(frozen=True)
class Whose:
    """A person, and the addresses that are theirs alone: `proven` everywhere, `asserted` within their organization.
    What `shared` addresses lead to is somebody else's as well.
    """

    person: str
    organization: str
    proven: frozenset[str] = frozenset()
    asserted: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()

    @property
    def own(self) -> frozenset[str]:
        return self.proven | self.asserted


@dataclass(frozen=True)
class Kept:
    """One kind of row: how many there are, and what erasing does with them and why. `details` are for the person
    themselves to read.
    """

    what: str
    count: int
    fate: Fate
    then: str
    details: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """One file of the export. It is read only when its turn comes."""

    path: str
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Keeper:
    """What one layer keeps. `columns` are `table.column` of everything that leads to a person.

    `tell` counts, `parts` are files for the person, `erase` acts inside the surrounding transaction and does nothing
    the second time. `hold` comes before anybody erases: it takes what others hold before they touch rows of the person,
    in whichever layer, so that nobody waits in a circle. `figure` is a number for each of many people, for a list that
    has words for its name; `find` whom an exact id of others names.
    """

    columns: frozenset[str]
    tell: Callable[[Whose], list[Kept]]
    parts: Callable[[Whose], Iterator[Part]]
    erase: Callable[[Whose], None]
    hold: Callable[[Whose], None] | None = None
    figure: Callable[[Sequence[str]], Mapping[str, int]] | None = None
    figure_name: str = ""
    find: Callable[[str], set[str]] | None = None


def init_personal(app: Flask, keepers: Sequence[Keeper]) -> None:
    app.extensions["personal"] = tuple(keepers)


def keepers() -> Sequence[Keeper]:
    found: Sequence[Keeper] = current_app.extensions["personal"]
    return found


def table_part(path: str, query: Select[*tuple[Any, ...]]) -> Part:
    """Rows as a JSON list of objects, as a person can read them."""
    return Part(path, lambda: as_json([dict(row) for row in db.session.execute(query.limit(MOST_ROWS)).mappings()]))


def as_json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False, default=_written).encode()


def _written(value: object) -> str:
    return clock.iso(value) if isinstance(value, datetime) else str(value)
