"""Tables of recipients: brought, looked at, given at once or by a job, and taken back (decision 39)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.awardable import awardable, target_of
from lti_tool.badges.awarding.columns import DAY_FIRST, MONTH_FIRST, Columns, guess, remembered
from lti_tool.badges.awarding.model import UNDER_WAY, AwardBatch
from lti_tool.badges.awarding.slices import (
    columns_of,
    give_slice,
    hold_batch,
    slices,
)
from lti_tool.badges.events import holding_changed
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import enqueue
from lti_tool.kept_files import forget_files, forget_now, keep_file
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed, person_here
from lti_tool.people.names import clean_text
from lti_tool.table.reading import Table
from lti_tool.table.upload import read_through
from lti_tool.words import to_say

JOB = "awards.give"
AT_ONCE = 200  # rows that are given while somebody waits
MISTAKE = to_say("Given by mistake.")
PREVIEW_DAYS, FILE_DAYS = 7, 90
_GIVEN = (*UNDER_WAY, "done", "broken")
_LOST = timedelta(hours=1)
_LOOKED_BACK = timedelta(days=30)

name_deeds(
    {
        "batch.given": to_say("A badge was awarded to a table of people"),
        "batch.undone": to_say("A table of awards was taken back"),
    }
)


@dataclass(frozen=True)
class Upload:
    """What somebody brought, and which way round they write dates where nothing else tells."""

    data: bytes
    file_name: str
    month_first: bool = False


def bring_table(badge: str, upload: Upload, *, by: str) -> str:
    """Keep a table for its preview. Answers the batch. Nothing is given yet. Raises `Problem` table_refused, and what
    forbids awards.
    """
    opened = read_through(upload.data)
    table = opened.table
    guessed = Columns(guess(table.header, opened.first.cells), MONTH_FIRST if upload.month_first else DAY_FIRST)
    columns = _columns_before(badge, table) or guessed
    hold_badges([badge])
    awardable(badge)  # it may be archived or deleted by now
    batch = AwardBatch(
        badge_id=badge, made_by=by, file_name=clean_text(upload.file_name) or _("table"), rows=opened.rows,
        file_key=keep_file(upload.data), mapping=columns.kept(table.header),
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    return batch.id


def choose_columns(batch_id: str, columns: Columns) -> None:
    """Raises `Problem` batch_settled when it is not a preview any more."""
    batch = hold_batch(batch_id)
    if batch.state != "preview":
        raise Problem("batch_settled")
    batch.mapping = columns.kept(batch.mapping["header"])


def begin_giving(batch_id: str, *, again: bool = False) -> bool:
    """The table shall be given: at once where it is small, by a job otherwise. False when it is under way already.

    `again`: everybody gets the badge once more, although this very table was given before. Raises `Problem`
    table_given_before, batch_settled, or what forbids awards.
    """
    batch = db.session.get_one(AwardBatch, batch_id)
    hold_badges([batch.badge_id])
    batch, target = hold_batch(batch_id), awardable(batch.badge_id)
    if batch.state in (*UNDER_WAY, "done"):
        return False
    if batch.state not in ("preview", "broken"):
        raise Problem("batch_settled")
    if not columns_of(batch).has_email:
        raise Problem("bad_request", _("Say first in which column the e-mail addresses stand."))
    if target.allows_repeats and not again and given_before(batch):
        raise Problem("table_given_before")
    first_time, batch.state = batch.state == "preview", "waiting"
    if first_time:
        batch.begun_at = clock.now()
        note_deed(
            "batch.given", subject=batch.id, organization=target.organization, scope=target.issuer,
            facts={"badge": batch.badge_id, "rows": batch.rows},
        )  # fmt: skip
    db.session.flush()
    if batch.rows > AT_ONCE:
        enqueue(JOB, {"batch": batch.id}, key=f"{JOB}:{batch.id}")
        return True
    for rows in slices(batch):
        give_slice(batch.id, batch.done, rows)
    return True


def given_before(batch: AwardBatch) -> bool:
    """Was this very table given for the badge by another batch that was not taken back?"""
    same = select(AwardBatch.id).where(
        AwardBatch.badge_id == batch.badge_id, AwardBatch.file_key == batch.file_key, AwardBatch.id != batch.id,
        AwardBatch.state.in_(_GIVEN),
    )  # fmt: skip
    return db.session.scalar(same.limit(1)) is not None


def undo_batch(batch_id: str) -> int:
    """Revoke whatever this table gave. Answers how many awards; 0 when that was done before."""
    batch = hold_batch(batch_id)
    if batch.state == "undone":
        return 0
    if batch.state == "preview":
        raise Problem("batch_settled")
    now = clock.now()
    revoked = db.session.execute(
        update(Award)
        .where(Award.batch_id == batch_id, Award.revoked_at.is_(None))
        .values(
            revoked_at=now, revoked_by=person_here(), revocation_reason=MISTAKE, revision=Award.revision + 1
        )
        .returning(Award.person_id, Award.recipient_email)
        .execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    batch.state, batch.ended_at = "undone", now
    target = target_of(batch.badge_id)
    note_deed(
        "batch.undone", subject=batch.id, organization=target.organization, scope=target.issuer,
        facts={"revoked": len(revoked)},
    )  # fmt: skip
    record(holding_changed(batch.badge_id, *((person, email) for person, email in revoked)))
    return len(revoked)


def drop_preview(batch_id: str) -> None:
    """Forget a table that was not given, and its file."""
    batch = hold_batch(batch_id)
    if batch.state != "preview":
        raise Problem("batch_settled")
    db.session.delete(batch)
    db.session.flush()
    forget_files({batch.file_key})


def sweep_batches() -> None:
    """Runs on the schedule. Forgets previews that nobody came back to, and the files of what was settled long ago;
    wakes what should be under way and is not.
    """
    now = clock.now()
    with transaction():
        for old in db.session.scalars(
            select(AwardBatch.id).where(
                AwardBatch.state == "preview", AwardBatch.created_at < now - timedelta(days=PREVIEW_DAYS)
            )
        ).all():
            drop_preview(old)
        for lost in db.session.scalars(
            select(AwardBatch.id).where(AwardBatch.state.in_(UNDER_WAY), AwardBatch.begun_at < now - _LOST)
        ):
            enqueue(JOB, {"batch": lost}, key=f"{JOB}:{lost}")
    forget_now(_old_files(), but=AwardBatch.__tablename__)


def _old_files() -> Sequence[str]:
    """Files that only batches name which ended long ago; of those that ended before, an earlier turn took care."""
    old = clock.now() - timedelta(days=FILE_DAYS)
    younger = select(AwardBatch.file_key).where((AwardBatch.ended_at.is_(None)) | (AwardBatch.ended_at >= old))
    ended = select(AwardBatch.file_key).where(
        AwardBatch.ended_at < old, AwardBatch.ended_at > old - _LOOKED_BACK, AwardBatch.file_key.not_in(younger)
    )
    return db.session.scalars(ended).all()


def _columns_before(badge: str, table: Table) -> Columns | None:
    """What was chosen for the latest table of this badge that had the very same header."""
    kept = db.session.scalars(
        select(AwardBatch.mapping)
        .where(AwardBatch.badge_id == badge)
        .order_by(AwardBatch.created_at.desc(), AwardBatch.id.desc())
        .limit(10)
    )
    return next((found for one in kept if (found := remembered(one, table.header)) is not None), None)
