"""Tables for spreadsheets, written row by row, so that a million cells need no more memory than ten.

The text in a table comes from people whom the reader may not know. A spreadsheet runs a text that begins like
a formula, so such a text gets an apostrophe in front (OWASP, "CSV Injection"). One that separates by another sign
than the file cuts a text into several cells, quoted or not, for quotation marks in the middle of a cell count for
nothing: so what stands behind any separator inside a text gets an apostrophe too. Numbers are left alone.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from urllib.parse import quote

from flask_babel import gettext as _

from lti_tool.errors import Problem

Cell = str | int | float | Decimal | date | None

_BOM = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the machine's old code page
_CHUNK = 65_536
_NUMBERS = frozenset({int, float, Decimal, type(None)})
_MOST_ROWS = 1024
_LONGEST_STEM = 80  # characters, so that it fits into 255 bytes in every script
_LONGEST_ENDING = 8

# What a formula begins with, also in full width and in small form, and what may stand before it unseen.
_BEGINS = "=+-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_UNSEEN = "'\"`\u00b4\u2018-\u201f\u00ab\u00bb\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_BLANK = " \x0b\x0c\x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"  # \s but tab and line break
_BEFORE = f"[{_BLANK}{_UNSEEN}]*+"
_SIGN = f"[{re.escape(_BEGINS)}]"
_FORMULA = re.compile(rf"{_BEFORE}(?:{_SIGN}|[\t\r\n])")
# Behind what some spreadsheet takes for the end of a cell or a row. None of these may stand unseen before a formula, so
# no two of them look at the same characters.
_CUT = re.compile(rf"[,;\t\r\n](?={_BEFORE}{_SIGN})")

# A whole written piece is looked at, for looking at each cell costs as much as writing it. Neither a separator nor what
# may stand before the beginning of a formula is a letter or a digit. A search for each sign is fastest.
_SUSPECTS = {sign: re.compile(rf"{re.escape(sign)}(?<!\w.)", re.DOTALL) for sign in _BEGINS + "\t"} | {
    "\0": re.compile("\0"),
}
_MOMENT = re.compile(r":(?<=\d\d-\d\d \d\d:)")

_SEPARATORS = {"comma": ",", ",": ",", "semicolon": ";", ";": ";", "tab": "\t", "\t": "\t"}
# Languages that write 1,5 for one and a half: there Excel separates by semicolons.
_SEMICOLON_LANGUAGES = frozenset({
    "af", "ar", "az", "be", "bg", "bs", "ca", "cs", "da", "de", "el", "es", "et", "eu", "fi", "fo",
    "fr", "fy", "gl", "hr", "hu", "hy", "id", "is", "it", "ka", "kk", "ky", "lb", "lt", "lv", "mk",
    "mn", "nb", "nl", "nn", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tg", "tr",
    "uk", "uz", "vi",
})  # fmt: skip
_SEMICOLON_PLACES = frozenset({"en-za"})
_COMMA_PLACES = frozenset({"es-419", "es-do", "es-gt", "es-hn", "es-mx", "es-ni", "es-pa", "es-pe", "es-us"})


def rows_to_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, separator: str = ",") -> Iterator[bytes]:
    """A table in UTF-8 as RFC 4180 describes it, in pieces of about 64 KiB, the first with a byte order mark.

    `separator` is one that `separator_for` returns. None becomes an empty cell, dates and times ISO 8601; NUL
    is left out. `rows` is read no further ahead than one piece.
    """
    if separator not in _SEPARATORS.values():
        raise ValueError("A table is separated by a comma, a semicolon or a tab.")
    return _pieces(chain([header], rows), separator)


def _pieces(rows: Iterator[Sequence[Cell]], separator: str) -> Iterator[bytes]:
    mark = _BOM
    count = 1
    while batch := list(islice(rows, count)):
        text = _written(batch, separator)
        if _is_suspect(text, len(batch), separator) or _holds_moment(text, batch):
            text = _written(
                ([cell if type(cell) in _NUMBERS else _safe(cell) for cell in row] for row in batch),
                separator,
            )
        yield mark + text.encode("utf-8", "replace")
        mark = b""
        count = min(_MOST_ROWS, max(1, _CHUNK * len(batch) // len(text)), count * 8)


def _written(rows: Iterable[Sequence[Cell]], separator: str) -> str:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=separator).writerows(rows)
    return buffer.getvalue()


def _is_suspect(text: str, rows: int, separator: str) -> bool:
    """Whether some cell may need `_safe`. Never wrongly no; a wrong yes only costs time."""
    # A text that begins with a line break makes more lines than rows.
    if text.count("\n") != rows or text.count("\r") != rows:
        return True
    if separator == "\t" and '"' in text:  # a tab inside a cell stands in quotes
        return True
    return any(sign in text and pattern.search(text) for sign, pattern in _SUSPECTS.items() if sign != separator)


def _holds_moment(text: str, rows: Iterable[Sequence[Cell]]) -> bool:
    """Whether some cell is a `datetime`, which csv writes without the T. Only its kind tells it from a text that looks
    the same, of which some tables have one in every row.
    """
    if not _MOMENT.search(text):
        return False
    return any(issubclass(kind, datetime) for kind in set(map(type, chain.from_iterable(rows))))


def _safe(cell: Cell) -> Cell:
    if isinstance(cell, str):
        text = cell.replace("\0", "")
        if _FORMULA.match(text):
            text = f"'{text}"
        return _CUT.sub(r"\g<0>'", text) if _CUT.search(text) else text  # a replacement costs, even of nothing
    return cell.isoformat() if isinstance(cell, datetime) else cell


def separator_for(locale: str | None, asked: str | None) -> str:
    """What `?separator=` asks for, or else what Excel expects in the reader's language (`de`, `pt_BR`).

    Raises `Problem` bad_request for another separator.
    """
    if asked:
        if asked not in _SEPARATORS:
            raise Problem("bad_request", _("The separator can be comma, semicolon or tab."))
        return _SEPARATORS[asked]
    place = (locale or "").lower().replace("_", "-")
    semicolon = place.partition("-")[0] in _SEMICOLON_LANGUAGES and place not in _COMMA_PLACES
    return ";" if semicolon or place in _SEMICOLON_PLACES else ","


def content_disposition(filename: str) -> str:
    """The header that makes a browser save a file under `filename` (RFC 6266, with the form of RFC 8187)."""
    name = _plain_name(filename)
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    fallback = _plain_name(letters.replace("%", "_"))  # some browsers decode percent signs here
    if fallback == name:
        return f'attachment; filename="{name}"'
    return f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(name, safe='')}"


def _plain_name(filename: str) -> str:
    """One that is no path, hides nothing and that every file system takes."""
    visible = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in filename)
    name = " ".join(re.sub(r'[/\\:*?"<>|]', "-", visible).split()).rstrip(". ")
    stem, dot, ending = name.rpartition(".")
    if not (dot and len(ending) <= _LONGEST_ENDING):
        stem, dot, ending = name, "", ""
    return (stem.strip(". ")[:_LONGEST_STEM] or "download") + dot + ending
