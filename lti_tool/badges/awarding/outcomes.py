"""What became of each row of a table, as a table again.

Nothing of it is kept: awards of a table are numbered in the order of its rows, so both are read side by side, in
slices, and the first award that belongs to a row's address is the row's. That costs no room and names no person twice.
"""

from collections.abc import Iterator
from typing import Any

from flask import current_app, g
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import Engine, select

from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.awarding.rows import Judged
from lti_tool.badges.awarding.slices import judged
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award
from lti_tool.csvfile import Cell, rows_to_csv
from lti_tool.db import db
from lti_tool.table.unused import Bad, Doubled
from lti_tool.words import said, to_say

HEADER = (
    to_say("Line"), to_say("E-mail"), to_say("Name"), to_say("Outcome"), to_say("Reason"), to_say("Award"),
)  # fmt: skip
_OUTCOMES = (to_say("not reached"), to_say("not given"), to_say("revoked"), to_say("given"))
_SLICE = 1000


def outcomes_csv(batch: AwardBatch, *, separator: str = ",") -> tuple[str, Iterator[bytes]]:
    """A file name and the table in pieces. The pieces need neither the request nor its session: both may be gone.

    Raises `Problem` table_gone.
    """
    awards = _awards(db.engine, batch.id)
    rows = _rows(judged(batch), awards, done=batch.done, award_address=address("assertions", ""))
    stem = batch.file_name.rsplit(".", 1)[0]
    pieces = rows_to_csv([said(word) for word in HEADER], rows, separator=separator)
    return _("%(table)s - outcomes.csv", table=stem), _in_their_language(pieces)


def _in_their_language(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Each piece in the language of whoever asks, whose request is gone when it is made."""
    app, locale = current_app._get_current_object(), str(get_locale())  # type: ignore[attr-defined]  # noqa: SLF001

    def made() -> Iterator[bytes]:
        while True:
            with app.app_context():
                g.locale = locale
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece

    return made()


def _rows(rows: Iterator[Judged], awards: Iterator[Any], *, done: int, award_address: str) -> Iterator[list[Cell]]:
    words = {word: said(word) for word in _OUTCOMES}
    following = next(awards, None)
    for count, row in enumerate(rows):
        if count >= done:
            yield _told(row, words["not reached"])
        elif isinstance(row, Bad):
            yield _told(row, words["not given"], row.reason)
        elif isinstance(row, Doubled):
            yield _told(row, words["not given"], _("The row stands in the table before."))
        elif following is not None and following.recipient_email == row.email:
            yield _told(row, words["revoked" if following.revoked else "given"], place=award_address + following.id)
            following = next(awards, None)
        else:
            yield _told(row, words["not given"], _("This address held the badge already."))


def _told(row: Judged, outcome: str, reason: str = "", place: str = "") -> list[Cell]:
    return [row.line, getattr(row, "email", ""), getattr(row, "name", None), outcome, reason, place]


def _awards(engine: Engine, batch_id: str) -> Iterator[Any]:
    """In the order of their numbers; between two slices no transaction is open."""
    number = 0
    columns = (Award.number, Award.id, Award.recipient_email, Award.revoked_at.is_not(None).label("revoked"))
    while True:
        query = select(*columns).where(Award.batch_id == batch_id, Award.number > number)
        with engine.connect() as connection:
            found = connection.execute(query.order_by(Award.number).limit(_SLICE)).all()
        yield from found
        if len(found) < _SLICE:
            return
        number = found[-1].number
