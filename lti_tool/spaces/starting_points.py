"""What a new Space can begin with: sets of objectives that come with the tool, and a list that somebody pastes."""

import tomllib
from dataclasses import dataclass, replace
from functools import cache

from flask_babel import gettext as _

from lti_tool import places
from lti_tool.people.names import clean_text
from lti_tool.spaces.model import MAX_POINTS, TITLE_LENGTH
from lti_tool.words import numeral, said

MOST_LINES = 200
LIST_LENGTH = 30_000


@dataclass(frozen=True)
class Planned:
    """One objective as it will be made, with a badge of the same name."""

    title: str
    points: int | None = None
    criteria: str = ""
    evidence: str = "none"


@dataclass(frozen=True)
class Template:
    """A set of objectives under a name. Whoever begins with it changes it as they like."""

    name: str
    title: str
    about: str
    objectives: tuple[Planned, ...]


class ListUnreadableError(ValueError):
    """What is wrong with a pasted list, in words, with the number of its line."""


def templates() -> dict[str, Template]:
    """Every template by the name of its file, in the order of these names, and in the reader's language."""
    return {name: _said(one) for name, one in _written().items()}


@cache
def _written() -> dict[str, Template]:
    paths = sorted((places.CONFIG / "templates").glob("*.toml"))
    return {path.stem: _read(path.stem, path.read_text()) for path in paths}


def read_list(text: str) -> tuple[Planned, ...]:
    """One objective per line, `Title` or `Title; points`; empty lines count for nothing.

    Raises `ListUnreadableError`.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    lines = [(number, line) for number, line in lines if line]
    if not lines:
        raise ListUnreadableError(_("Paste a list with one objective per line."))
    if len(lines) > MOST_LINES:
        has = {"most": MOST_LINES, "has": numeral(len(lines))}
        raise ListUnreadableError(_("A list holds at most %(most)s objectives. This one has %(has)s.", **has))
    return tuple(_line(number, line) for number, line in lines)


def _line(number: int, line: str) -> Planned:
    before, mark, after = line.replace("\t", ";").rstrip("; ").rpartition(";")
    title = clean_text(before if mark else after, TITLE_LENGTH + 1)
    if title is None:
        raise ListUnreadableError(_("Line %(number)s has no title.", number=number))
    if len(title) > TITLE_LENGTH:
        where = {"number": number, "most": TITLE_LENGTH}
        raise ListUnreadableError(_("Line %(number)s is too long: a title holds at most %(most)s characters.", **where))
    if not mark:
        return Planned(title)
    points = after.strip()
    if not (points.isascii() and points.isdecimal()) or len(points) > 6 or int(points) > MAX_POINTS:
        raise ListUnreadableError(
            _(
                "Line %(number)s: after the last semicolon come the points, a whole number from 0 to %(most)s.",
                number=number, most=numeral(MAX_POINTS),
            )
        )
    return Planned(title, int(points))


def _read(name: str, text: str) -> Template:
    read = tomllib.loads(text)
    return Template(name, read["title"], read["about"], tuple(Planned(**one) for one in read["objective"]))


def _said(one: Template) -> Template:
    objectives = (replace(plan, title=said(plan.title), criteria=said(plan.criteria)) for plan in one.objectives)
    return replace(one, title=said(one.title), about=said(one.about), objectives=tuple(objectives))
