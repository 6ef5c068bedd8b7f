"""The columns of a table for whoever says what each is: its heading, and what stands in its first cells. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from flask_babel import gettext as _

from lti_tool.table.reading import Table

_ROWS = 3
_HEADING, _CELL = 60, 30  # characters shown


@dataclass(frozen=True)
class Column:
    place: int
    heading: str
    sample: str


def columns_shown(table: Table) -> list[Column]:
    """Every column with its first cells."""
    rows = [line.cells for line in islice(table.lines(), _ROWS)]
    return [
        Column(place, _shown(heading) or _("Column %(number)s", number=place + 1), _sample(rows, place))
        for place, heading in enumerate(table.header)
    ]


def _shown(heading: str) -> str:
    return " ".join(heading.split())[:_HEADING]


def _sample(rows: Sequence[tuple[str, ...]], place: int) -> str:
    cells = [" ".join(row[place].split())[:_CELL] for row in rows if place < len(row) and row[place].strip()]
    return ", ".join(cells)
