"""Giving a table slice by slice (decision 39).

A slice of rows is given in one transaction, together with how far the table has come. So a killed worker goes on where
it stopped, two workers never give the same row, and a button that is pressed twice gives once.
"""

import secrets
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import insert

from lti_tool import clock
from lti_tool.badges.already_held import held_at, hold_badges
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awardable import Awardable, awardable, target_of
from lti_tool.badges.awarding import problems as problems
from lti_tool.badges.awarding.columns import Columns, chosen
from lti_tool.badges.awarding.model import UNDER_WAY, AwardBatch
from lti_tool.badges.awarding.rows import Given, Judge, Judged
from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.model import Award
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.badges.time_zones import zone_of
from lti_tool.db import db, public_id, transaction
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.storage import storage_here
from lti_tool.table.reading import Line, Table, TableRefused, open_table
from lti_tool.table.unused import Doubled
from lti_tool.table.upload import bounds

SLICE = 4000


def give_batch(arguments: dict[str, Any]) -> None:
    """The job: from where the table stands to its end. Running twice, it gives nothing twice."""
    batch = db.session.get(AwardBatch, arguments["batch"])
    if batch is None or batch.state not in UNDER_WAY:
        return
    done, batch_id = batch.done, batch.id
    try:
        for rows in slices(batch):
            with transaction():
                if not give_slice(batch_id, done, rows):
                    return
            done += len(rows)
    except Problem:
        with transaction():
            stop_giving(batch_id)


def slices(batch: AwardBatch) -> Iterator[list[Judged]]:
    """The rows from where the batch stands on, as many as one transaction gives. Raises `Problem` table_gone without
    its file.
    """
    found = islice(judged(batch), batch.done, None)
    while rows := list(islice(found, SLICE)):
        yield rows


def give_slice(batch_id: str, done: int, rows: Sequence[Judged]) -> bool:
    """Give these rows, if the table still stands at `done`. False when somebody else has gone on, or took it back."""
    badge = db.session.get_one(AwardBatch, batch_id).badge_id
    hold_badges([badge])
    batch = hold_batch(batch_id)
    if batch.state not in UNDER_WAY or batch.done != done:
        return False
    target = awardable(badge)
    given = [row for row in rows if isinstance(row, Given)]
    held = {} if target.allows_repeats else held_at(badge, [row.email for row in given])
    new = [row for row in given if row.email not in held]
    _insert(batch, target, new)
    batch.state, batch.done = "running", batch.done + len(rows)
    batch.given += len(new)
    batch.held += len(given) - len(new)
    batch.doubled += sum(isinstance(row, Doubled) for row in rows)
    if batch.done == batch.rows:
        batch.state, batch.ended_at = "done", clock.now()
    db.session.flush()
    return True


def stop_giving(batch_id: str) -> None:
    """It cannot go on: the badge was archived, or the file is gone. What was given stays, and can be taken back."""
    batch = hold_batch(batch_id)
    if batch.state in UNDER_WAY:
        batch.state = "broken"


def judged(batch: AwardBatch, *, target: Awardable | None = None) -> Iterator[Judged]:
    """Every row of the table, read as it was when its giving began; the rows need no session any more.

    Raises `Problem` table_gone without its file.
    """
    target, table = target or target_of(batch.badge_id), table_of(batch)
    judge = Judge(
        columns_of(batch), zone_of(target.time_zone), batch.begun_at or clock.now(), target.expires_after_days,
        target.allows_repeats,
    )  # fmt: skip
    return judge.judge(_lines(table))


def columns_of(batch: AwardBatch) -> Columns:
    kept = batch.mapping
    return chosen(kept["columns"], kept["dates"], len(kept["header"]))


def table_of(batch: AwardBatch) -> Table:
    """Raises `Problem` table_gone when its file was forgotten, or is larger than what is read by now."""
    try:
        return open_table(storage_here().get(batch.file_key), bounds())
    except (KeyError, TableRefused):
        raise Problem("table_gone") from None


def _lines(table: Table) -> Iterator[Line]:
    try:
        yield from table.lines()
    except TableRefused:
        raise Problem("table_gone") from None


def _insert(batch: AwardBatch, target: Awardable, rows: Sequence[Given]) -> None:
    if not rows:
        return
    if batch.given == 0:
        ensure_keys(target.issuer)
    made = [_row(batch, target, row, number) for row, number in zip(rows, next_numbers(len(rows)), strict=True)]
    db.session.connection().execute(insert(cast(SqlTable, Award.__table__)), made)
    record(HoldingChanged(badge=target.badge, addresses=tuple(row.email for row in rows)))


def _row(batch: AwardBatch, target: Awardable, row: Given, number: int) -> dict[str, Any]:
    return {
        "id": public_id(), "number": number, "badge_id": target.badge, "person_id": None, "recipient_email": row.email,
        "recipient_name": row.name, "recipient_url": None, "salt": secrets.token_hex(16), "issued_on": row.issued_on,
        "expires": row.expires, "narrative": row.narrative, "evidence": row.evidence, "revision": 1,
        "repeat": target.allows_repeats, "shows_name": False, "revoked_at": None, "revoked_by": None,
        "revocation_reason": None, "corrects": None, "batch_id": batch.id, "awarded_by": batch.made_by,
    }  # fmt: skip


def hold_batch(batch_id: str) -> AwardBatch:
    """The batch as it is now; nobody else moves it until this transaction ends."""
    found = db.session.get(AwardBatch, batch_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise Problem("not_found")
    return found
