"""A table of learners is brought, its columns are chosen, and its people are taken in, set by set (SP-18).

Uploading it again takes nobody in twice: whoever has a place stays as they are, and who had left stays away.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, insert, select

from lti_tool import clock
from lti_tool.csvfile import Cell, rows_to_csv
from lti_tool.db import after_commit, db, new_id
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.names import clean_text
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.bringing import kept
from lti_tool.spaces.bringing.kept import TakenIn, Waiting
from lti_tool.spaces.bringing.outcomes import DOUBLED, HERE, KNOWN, LEFT, NEW, Outcome, outcomes
from lti_tool.spaces.bringing.rows import Judged, Learner, judge
from lti_tool.spaces.events import MembersCame
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space, recount_bands
from lti_tool.table.headings import EMAIL, guess
from lti_tool.table.reading import Table as Brought
from lti_tool.table.reading import TableRefused, open_table
from lti_tool.table.unused import Bad
from lti_tool.table.upload import Brought as Upload
from lti_tool.table.upload import bounds, read_through
from lti_tool.words import said, to_say

HEADER = (to_say("Line"), to_say("E-mail"), to_say("Name"), to_say("Outcome"), to_say("Reason"))
_ADDED, _NOT_ADDED = to_say("added"), to_say("not added")
_TOLD = {
    NEW: (_ADDED, to_say("A place waits for the person.")),
    KNOWN: (_ADDED, ""),
    HERE: (_NOT_ADDED, to_say("This person is a member or was added before.")),
    LEFT: (_NOT_ADDED, to_say("This person has left. Put them back in the list of members.")),
    DOUBLED: (_NOT_ADDED, to_say("This person stands in the table before.")),
}
_MEMBER = cast(Table, Member.__table__)

name_deeds({"members.brought": to_say("Added a table of people to a Space")})


def bring(space_id: str, upload: Upload, *, who: str) -> str:
    """Keep a table for its preview. Answers its token; nobody is added yet. Raises `Problem` table_refused."""
    open_space(space_id)
    opened = read_through(upload.data)
    columns = guess(opened.table.header, opened.first.cells)
    name = clean_text(upload.file_name) or "table"
    table = Waiting(name, kept.keep_table(upload.data), opened.rows, columns)
    return kept.keep(table, space=space_id, who=who)


def table_of(table: Waiting) -> Brought:
    """Raises `Problem` table_over."""
    try:
        return open_table(kept.table_kept(table.table), bounds())
    except TableRefused:
        raise Problem("table_over") from None


def judged(table: Waiting) -> Iterator[Judged]:
    """Every row. Raises `Problem` table_over."""
    try:
        yield from judge(table_of(table).lines(), table.columns)
    except TableRefused:
        raise Problem("table_over") from None


def take_in(space_id: str, token: str, *, who: str) -> str:
    """Everybody in the table who has no place gets one. Answers the token of what came of each row. Raises `Problem`
    table_over, also for a table that was taken in a moment ago.
    """
    hold_space(space_id)
    space = open_space(space_id)
    table = kept.waiting(token, space=space_id, who=who)
    if EMAIL not in table.columns:
        raise Problem("bad_request", _("Say first in which column the e-mail addresses stand."))
    counts = Counter[str]()
    pieces = b"".join(rows_to_csv([said(word) for word in HEADER], _taken(space, table, counts)))
    if counts[KNOWN]:
        recount_bands(space_id)
    note_deed(
        "members.brought", subject=space_id, organization=space.organization_id, scope=space.issuer_id,
        facts={"rows": table.rows, "added": counts[NEW] + counts[KNOWN]},
    )  # fmt: skip
    after_commit(partial(kept.forget, token, table.table))
    told = kept.keep_table(pieces)
    return kept.keep(TakenIn(table.file_name, dict(counts), told), space=space_id, who=who)


def _taken(space: Space, table: Waiting, counts: Counter[str]) -> Iterator[Sequence[Cell]]:
    """Insert piece by piece, and tell what came of each row."""
    aliases = fresh_aliases(set(db.session.scalars(select(Member.alias).where(Member.space_id == space.id))))
    for some in outcomes(space.id, space.organization_id, judged(table)):
        coming = [one for one in some if one.comes]
        if coming:
            db.session.connection().execute(insert(_MEMBER), [_row(space.id, one, next(aliases)) for one in coming])
        known = tuple(one.person for one in coming if one.person)
        if known:
            record(MembersCame(space.id, known))
        counts.update(one.what for one in some)
        yield from map(_told, some)


def _row(space_id: str, one: Outcome, alias: str) -> dict[str, Any]:
    row, now = cast(Learner, one.row), clock.now()
    return {
        "id": new_id(), "space_id": space_id, "person_id": one.person, "email": row.email, "name": row.name,
        "role": "member", "role_from_launch": False, "status": "active" if one.person else "open",
        "sort_name": row.sort_name, "alias": alias, "hides": False, "shares_name": False,
        "on_board": one.person is not None, "points": 0, "completed": 0, "moved_at": now, "joined_at": now,
        "left_at": None,
    }  # fmt: skip


def _told(one: Outcome) -> Sequence[Cell]:
    row = one.row
    if isinstance(row, Bad):
        return [row.line, "", "", said(_NOT_ADDED), row.reason]
    outcome, reason = _TOLD[one.what]
    return [row.line, row.email, getattr(row, "name", None), said(outcome), said(reason)]
