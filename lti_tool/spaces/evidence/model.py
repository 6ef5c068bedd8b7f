"""Rows of evidence: a submission is one attempt of one learner at one objective; its parts are links and files."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

REASON_LENGTH = 2_000
_UNDECIDED = "state IN ('draft', 'waiting')"


class Submission(Row):
    """One attempt. There is one undecided attempt at most; earlier ones stay.

    `shares`: the learner ticked that it may enter the award (decision 15). `opened_at`: a reviewer has seen it, so it
    can only be withdrawn. `claimed_by` reviews it until `claimed_until`. `revision` is compared before it is changed.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("objective_id", "member_id", "attempt"),
        Index(
            "uq_submission_undecided", "objective_id", "member_id", unique=True,
            sqlite_where=text(_UNDECIDED), postgresql_where=text(_UNDECIDED),
        ),
        Index("ix_submission_queue", "space_id", "state", "submitted_at", "id"),
        Index(None, "member_id"),
        CheckConstraint("state IN ('draft', 'waiting', 'returned', 'accepted', 'withdrawn')", name="state"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    objective_id: Mapped[str] = mapped_column(ForeignKey("objective.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default="draft")
    text: Mapped[str] = mapped_column(Text, default="")
    shares: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    claimed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(String(REASON_LENGTH))


class Attachment(Row):
    """A link or a file of a submission. A file lies in the storage under the hash of its content."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index(None, "submission_id"),
        Index(None, "file_key"),
        CheckConstraint("kind IN ('link', 'file')", name="kind"),
        CheckConstraint("(kind = 'file') = (file_key IS NOT NULL)", name="file_has_a_key"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"))
    kind: Mapped[str] = mapped_column(String(4))
    url: Mapped[str | None] = mapped_column(String(2000))
    name: Mapped[str] = mapped_column(String(200), default="")
    file_key: Mapped[str | None] = mapped_column(String(64))
    media_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(default=0)


class FileCheck(Row):
    """What the scanner said of a stored file, by the hash of its content: the same bytes are the same file, whoever
    brought them. Not named like a key of a file, for it does not keep one.
    """

    __tablename__ = "file_check"
    __table_args__ = (
        Index(None, "state", "asked_at"),
        CheckConstraint("state IN ('waiting', 'clean', 'refused')", name="state"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    asked_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
