"""Columns in the LMS's gradebook, and the newest score of each person in each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.launch.model import FOREIGN_ID, URL


class LineItem(Row):
    """One column of a course: found again by `resource_id` and `tag`, never doubled. `url` comes from the LMS.

    `label` is the name that we gave it last, `label_there` the one that the LMS showed at the last look, which a
    teacher may have chosen. `maximum` is what scores are counted of since that look. `troubled_since`: the LMS cannot
    be reached or asks us to wait, since then. `refused_since`: it refuses for good, and is not asked again before
    `try_again_at`. `read_at`: its grades were read back. `is_off`: nothing is written.

    `shows` is what staff want of the gradebook, kept with the Space's own column, and `shown_before` what they wanted
    before. `by_choice`: the column of one objective that is there because every objective has one.
    """

    __tablename__ = "line_item"
    __table_args__ = (
        UniqueConstraint("course_id", "resource_id"),
        CheckConstraint("shows IN ('completed', 'points', 'objectives', 'nothing')", name="shows"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(ForeignKey("course_key.id"))
    resource_id: Mapped[str] = mapped_column(FOREIGN_ID)
    tag: Mapped[str] = mapped_column(FOREIGN_ID)
    label: Mapped[str] = mapped_column(String(200))
    label_there: Mapped[str | None] = mapped_column(String(200))
    url: Mapped[str | None] = mapped_column(URL)
    maximum: Mapped[int | None]
    shows: Mapped[str] = mapped_column(String(10), default="completed")
    shown_before: Mapped[str | None] = mapped_column(String(10))
    by_choice: Mapped[bool] = mapped_column(default=False)
    is_off: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
    troubled_since: Mapped[datetime | None] = mapped_column(Instant)
    refused_since: Mapped[datetime | None] = mapped_column(Instant)
    try_again_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Score(Row):
    """What the LMS shall show for one person in one column. Rewritten when an objective moves; sent by a job.

    `moved_at` is the timestamp that the LMS sees: it only grows. `tried_at` is the one that left the house last,
    perhaps in vain: while the two are equal, the LMS may hold this very score already. `sent_part` is what it took
    last, and `tried_part` what left last, as parts of the whole. `began_at` and `handed_in_at` tell of the evidence
    that was accepted last. `held`: the LMS shows another grade than we sent, and staff are asked; `kept`: they said
    that it stays. `found_…` is what the LMS showed when it was looked at, `drift` how that differs (`rules.Drift`).

    Whoever writes several in one transaction holds them in the order of their ids, and no column after them, unless the
    Space is held: so nobody waits in a circle.
    """

    __tablename__ = "score"
    __table_args__ = (
        UniqueConstraint("line_item_id", "person_id"),
        CheckConstraint("state IN ('waiting', 'sent', 'refused', 'held', 'kept')", name="state"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    line_item_id: Mapped[str] = mapped_column(ForeignKey("line_item.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[int]
    maximum: Mapped[int]
    moved_at: Mapped[datetime] = mapped_column(Instant)
    began_at: Mapped[datetime | None] = mapped_column(Instant)
    handed_in_at: Mapped[datetime | None] = mapped_column(Instant)
    tried_at: Mapped[datetime | None] = mapped_column(Instant)
    tried_part: Mapped[float | None]
    sent_part: Mapped[float | None]
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    found_score: Mapped[float | None]
    found_maximum: Mapped[float | None]
    found_at: Mapped[datetime | None] = mapped_column(Instant)
    drift: Mapped[str | None] = mapped_column(String(10))
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
