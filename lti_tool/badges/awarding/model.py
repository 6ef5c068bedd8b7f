"""Rows of awards that are given many at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

UNDER_WAY = ("waiting", "running")


class AwardBatch(Row):
    """A table of recipients, from its preview to the last award. Its file lies in storage under `file_key`.

    `mapping` says which column is what, and how the table is to be read. Of its `rows`, `done` were looked at: `given`
    became awards, `held` were held already, `doubled` stand twice in the table, and the others cannot be given. What
    became of each row is read from the file and the awards again whenever somebody asks (decision 39).
    """

    __tablename__ = "award_batch"
    __table_args__ = (
        Index(None, "badge_id", "created_at"),
        CheckConstraint("state IN ('preview', 'waiting', 'running', 'done', 'undone', 'broken')", name="state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    badge_id: Mapped[str] = mapped_column(ForeignKey("badge_class.id"))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(10), default="preview")
    file_name: Mapped[str] = mapped_column(String(200))
    file_key: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    given: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    doubled: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    begun_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
