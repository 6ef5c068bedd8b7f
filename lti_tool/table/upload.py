"""A table on its way in: as a file, or pasted. A table may be larger than a picture, on pages that say so only."""

from dataclasses import dataclass

from flask import current_app, request
from flask_babel import gettext as _

from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.table.reading import Bounds, Line, Table, TableRefused, open_table
from lti_tool.words import to_say
from lti_tool.work import Work

A_TABLE = Work(lambda settings: settings.table_bytes, {"pasted": to_say("Your rows")})  # for `takes_work`
_NAME_LENGTH = 200

catalogue(
    {
        "table_refused": Entry(
            422, "This table cannot be read", "The file is not a table of people.",
            "you", "Save it as CSV in your spreadsheet program and upload that. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Brought:
    """What somebody brought, and what it was called."""

    data: bytes
    file_name: str


@dataclass(frozen=True)
class Opened:
    """A table that can be read to its end: its first row, and how many there are."""

    table: Table
    first: Line
    rows: int


def bounds() -> Bounds:
    settings = current_app.extensions["settings"]
    return Bounds(settings.table_bytes, settings.table_rows)


def table_sent() -> Brought:
    """The file that was chosen, or else what was pasted. Raises `Problem` table_refused."""
    file = request.files.get("table")
    if file is not None and file.filename:
        data = file.stream.read(bounds().size + 1)
        return Brought(data, file.filename.replace("\\", "/").rpartition("/")[2][:_NAME_LENGTH])
    pasted = request.form.get("pasted", "")
    if not pasted.strip():
        raise Problem("table_refused", _("Choose a file, or paste the rows into the field."))
    return Brought(pasted.encode("utf-8", "replace"), _("Pasted table"))


def read_through(data: bytes) -> Opened:
    """Raises `Problem` table_refused, in a sentence, also for a table with nobody in it."""
    try:
        table = open_table(data, bounds())
        first = next(table.lines(), None)
        rows = sum(1 for _ in table.lines())
    except TableRefused as refused:
        raise Problem("table_refused", str(refused)) from None
    if first is None:
        raise Problem("table_refused", _("The table has a header and no rows: nobody is in it."))
    return Opened(table, first, rows)
