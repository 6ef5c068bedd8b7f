"""What a row of a table becomes: a learner to take in, or a sentence that says why not. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lti_tool.people.in_tables import email_in, name_in
from lti_tool.people.names import clean_text, sort_key
from lti_tool.table.headings import EMAIL, FAMILY, GIVEN, NAME, cells_of
from lti_tool.table.reading import Line
from lti_tool.table.unused import Bad, Doubled

FIELDS = (EMAIL, NAME, GIVEN, FAMILY)


@dataclass(frozen=True)
class Learner:
    """A row that can be taken in."""

    line: int
    email: str
    name: str | None
    sort_name: str


Judged = Learner | Bad | Doubled


def judge(lines: Iterable[Line], places: Mapping[str, int]) -> Iterator[Judged]:
    """Each row once; of two rows for one address the first counts."""
    seen: set[str] = set()
    for line in lines:
        found: Judged = _read(line, places)
        if isinstance(found, Learner):
            if found.email in seen:
                found = Doubled(found.line, found.email)
            else:
                seen.add(found.email)
        yield found


def _read(line: Line, places: Mapping[str, int]) -> Learner | Bad:
    if line.wrong is not None:
        return Bad(line.number, line.wrong)
    cells = cells_of(line.cells, places)
    try:
        email = email_in(cells)
    except ValueError as wrong:
        return Bad(line.number, str(wrong))
    name = name_in(cells)
    family, given = clean_text(cells.get(FAMILY)), clean_text(cells.get(GIVEN))
    return Learner(line.number, email, name, sort_key(family, given, name, email))
