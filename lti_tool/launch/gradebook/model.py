"""Columns in the LMS's gradebook, and the newest score of each person in each (decision 10)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.launch.model import FOREIGN_ID, URL


class LineItem(Row):
    """One column of a course: found again by `resource_id` and `tag`, never doubled. `url` comes from the LMS.

    `maximum` is the number of objectives that scores are counted of since the last look at the column.
    `troubled_since`: the LMS cannot be reached or asks us to wait, since then. `is_off`: staff want nothing written.
    """

    __tablename__ = "line_item"
    __table_args__ = (UniqueConstraint("course_id", "resource_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(ForeignKey("course_key.id"))
    resource_id: Mapped[str] = mapped_column(FOREIGN_ID)
    tag: Mapped[str] = mapped_column(FOREIGN_ID)
    label: Mapped[str] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(URL)
    maximum: Mapped[int | None]
    is_off: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
    troubled_since: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Score(Row):
    """What the LMS shall show for one person in one column. Rewritten when an objective moves; sent by a job.

    `moved_at` is the timestamp that the LMS sees: it only grows. `tried_at` is the one that left the house last,
    perhaps in vain: while the two are equal, the LMS may hold this very score already.
    """

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        CheckConstraint("state IN ('waiting', 'sent', 'refused')", name="state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    line_item_id: Mapped[str] = mapped_column(ForeignKey("line_item.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[int]
    maximum: Mapped[int]
    moved_at: Mapped[datetime] = mapped_column(Instant)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
