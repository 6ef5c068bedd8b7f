"""Files of evidence go when their Space ended long ago, if the operator says how long (decision 57).

What was decided stays: the attempt with its words, the completion and its award. What a scanner said of a file goes
once nobody has the file any more.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, exists, false, select

from lti_tool import clock
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.db import db, transaction
from lti_tool.kept_files import forget_files
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.spaces.evidence.model import Attachment, FileCheck, Submission
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.standings import hold_space
from lti_tool.words import to_say

_AT_ONCE = 500

name_deeds({"evidence.files_gone": to_say("Files of evidence went, long after their Space had ended")})


@dataclass(frozen=True)
class FilesKept:
    """How long the files of a Space that has ended are kept: `until` the end of a day there, which may be `over`."""

    until: date
    over: bool


def files_are_over() -> ColumnElement[bool]:
    """Of Attachment. None, unless the operator has set EVIDENCE_DAYS."""
    days = _days()
    if not days:
        return false()
    long_ago = clock.now() - timedelta(days=days)
    of_them = (
        select(Submission.id).join(Space, Space.id == Submission.space_id).where(Space.archived_at < long_ago)
    )  # fmt: skip
    return and_(Attachment.kind == "file", Attachment.submission_id.in_(of_them))


def checks_are_over() -> ColumnElement[bool]:
    """Of FileCheck: nobody has such a file any more."""
    return ~exists().where(Attachment.file_key == FileCheck.digest)


def forget_files_over() -> None:
    """Space by Space. Runs on the schedule."""
    those = select(Submission.space_id).join(Attachment, Attachment.submission_id == Submission.id)
    spaces = db.session.scalars(those.where(files_are_over()).distinct()).all()
    db.session.rollback()
    for space in spaces:
        while _forget_some(space) == _AT_ONCE:
            pass


def files_kept(objective_id: str) -> FilesKept | None:
    """Of the Space of this objective; None while it goes on, and where files are kept for as long as their people."""
    days = _days()
    if not days:
        return None
    found = select(Space.archived_at, Space.time_zone).join(Objective, Objective.space_id == Space.id)
    row = db.session.execute(found.where(Objective.id == objective_id)).one_or_none()
    if row is None or row.archived_at is None:
        return None
    end = row.archived_at + timedelta(days=days)
    return FilesKept(day_of(end, zone_of(row.time_zone)), over=end < clock.now())


def _forget_some(space_id: str) -> int:
    """In one transaction; somebody may have chosen a later end for the Space meanwhile. Answers how many went."""
    with transaction():
        hold_space(space_id)
        here = Attachment.submission_id.in_(select(Submission.id).where(Submission.space_id == space_id))
        found = db.session.execute(
            select(Attachment.id, Attachment.file_key).where(files_are_over(), here).limit(_AT_ONCE)
        ).all()
        if not found:
            return 0
        gone = delete(Attachment).where(Attachment.id.in_([row.id for row in found]))
        db.session.execute(gone.execution_options(synchronize_session=False))
        forget_files([row.file_key for row in found])
        space = db.session.get_one(Space, space_id)
        note_deed(
            "evidence.files_gone", subject=space_id, organization=space.organization_id, scope=space.issuer_id,
            facts={"count": len(found)},
        )  # fmt: skip
        return len(found)


def _days() -> int:
    days: int = current_app.extensions["settings"].evidence_days
    return days
