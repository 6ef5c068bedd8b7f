"""A table as people bring it: read row by row, bounded, refused in a sentence. Pure.

Spreadsheets write UTF-8 with and without a byte order mark, UTF-16 with one, or the old code page of western Windows;
they separate by comma, semicolon or tab. Reading is left to `csv`; deciding between all of these is done here, for
`csv.Sniffer` guesses by patterns that cost much and miss often.
"""

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice

from flask_babel import gettext as _

from lti_tool.words import megabytes, numeral

SEPARATORS = (",", ";", "\t")
_HINT = re.compile(r"sep=([,;\t])\s*")  # how spreadsheets are told the separator, in a line before the header
_ENDLESS = 131_072  # characters in a cell beyond which `csv` stops
_SAMPLE = 65_536
_NOTHING = " \t\r\n,;"  # a row of nothing but this is empty, whatever separates the others
_PICTURES = (b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"%PDF", b"<svg", b"<?xml")


class TableRefused(ValueError):  # noqa: N818 - it is what whoever brought it is told
    """A table that cannot be read, in a sentence for whoever brought it."""


@dataclass(frozen=True)
class Bounds:
    """How much a table may hold: bytes, rows below the header, columns, characters in one cell."""

    size: int
    rows: int
    columns: int = 100
    cell: int = 10_000


@dataclass(frozen=True)
class Line:
    """One row with the number of the line that it begins in. `wrong` says why its cells cannot be used."""

    number: int
    cells: tuple[str, ...]
    wrong: str | None = None


@dataclass(frozen=True)
class Table:
    """A table that may be read: its columns, and how it is written."""

    data: bytes
    bounds: Bounds
    encoding: str
    separator: str
    header: tuple[str, ...]
    has_header: bool

    def lines(self) -> Iterator[Line]:
        """The rows below the header, empty ones left out. Raises `TableRefused` at what makes the rest unreadable."""
        found = _lines(self.data, self.encoding, self.separator, self.bounds)
        if self.has_header:
            next(found, None)
        for count, line in enumerate(found, 1):
            if count > self.bounds.rows:
                most = numeral(self.bounds.rows)
                raise TableRefused(_("The table has more than %(most)s rows. Split it into several.", most=most))
            yield line


def open_table(data: bytes, bounds: Bounds) -> Table:
    """Find out how a table is written, and its header. Raises `TableRefused`."""
    if len(data) > bounds.size:
        most = megabytes(bounds.size)
        raise TableRefused(_("The file is larger than %(most)s MB. Split it into several.", most=most))
    encoding = _encoding(data)
    separator = _separator(data, encoding, bounds)
    first = next(_lines(data, encoding, separator, bounds), None)
    if first is None:
        raise TableRefused(
            _("The table is empty. Its first row names the columns, and each row below it is one person.")
        )
    if first.wrong is not None:
        raise TableRefused(_("The first row cannot be read. %(why)s", why=first.wrong))
    is_person = any("@" in cell for cell in first.cells)
    header = _numbered(len(first.cells)) if is_person else first.cells
    return Table(data, bounds, encoding, separator, header, not is_person)


def _numbered(columns: int) -> tuple[str, ...]:
    return tuple(_("Column %(number)s", number=number) for number in range(1, columns + 1))


def _encoding(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise TableRefused(
            _("This is a workbook of a spreadsheet program, or an archive. Save the sheet as CSV first.")
        )
    if data.startswith(_PICTURES):
        raise TableRefused(_("This is a picture or a document, no table. Choose a CSV file."))
    candidates: tuple[str, ...]
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        candidates = ("utf-16",)
    elif data.startswith(BOM_UTF8):
        candidates = ("utf-8-sig",)
    else:
        candidates = ("utf-8", "cp1252")
    for encoding in candidates:
        try:
            has_nul = "\0" in data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not has_nul:
            return encoding
    raise TableRefused(_("This file is no text. Save the table as CSV in UTF-8."))


def _separator(data: bytes, encoding: str, bounds: Bounds) -> str:
    """The one that makes most columns of the first row; a file that names its own is believed."""
    start = io.TextIOWrapper(io.BytesIO(data), encoding, newline="").readline(_SAMPLE)
    hint = _HINT.fullmatch(start)
    if hint:
        return hint.group(1)
    return max(SEPARATORS, key=lambda separator: _width(data, encoding, separator, bounds))


def _width(data: bytes, encoding: str, separator: str, bounds: Bounds) -> int:
    try:
        first = next(_lines(data, encoding, separator, bounds), None)
    except TableRefused:  # another separator may read it
        return 0
    return len(first.cells) if first else 0


class _Counted:
    """The text's lines, with how much was read since a row began, and whether the text is over."""

    def __init__(self, data: bytes, encoding: str) -> None:
        text = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
        start = list(islice(text, 1))
        self.number = 1 if start and _HINT.fullmatch(start[0]) else 0
        self._lines = text if self.number else chain(start, text)
        self.is_over = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            yield line
        self.is_over = True


def _lines(data: bytes, encoding: str, separator: str, bounds: Bounds) -> Iterator[Line]:
    text = _Counted(data, encoding)
    rows = csv.reader(iter(text), delimiter=separator, strict=True)
    while True:
        number = text.number + 1
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield _unreadable(text, number, str(error))
            continue
        if cells is None:
            return
        if any(cell.strip(_NOTHING) for cell in cells):
            yield _line(number, cells, bounds)


def _unreadable(text: _Counted, number: int, said: str) -> Line:
    """A row that breaks the rules of quotes by itself is one bad row; one that never ends takes all others with it."""
    if text.is_over or "field larger" in said:
        raise TableRefused(
            _(
                "A text begins in line %(number)s and does not end: a quotation mark is missing there, or the cell is"
                " longer than %(most)s characters.", number=number, most=numeral(_ENDLESS),
            )
        )
    return Line(number, (), _("A quotation mark stands where none can be."))


def _line(number: int, cells: list[str], bounds: Bounds) -> Line:
    if len(cells) > bounds.columns:
        while cells and not cells[-1].strip():
            cells.pop()
    if len(cells) > bounds.columns:
        return Line(number, (), _("The row has more than %(most)s cells.", most=bounds.columns))
    if max(map(len, cells)) > bounds.cell:
        return Line(number, (), _("A cell is longer than %(most)s characters.", most=numeral(bounds.cell)))
    return Line(number, tuple(cells))
