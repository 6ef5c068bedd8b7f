"""Rows of pathways in a Space: which it follows, and how far every learner has come, kept like other standings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import Instant, Row


class SpacePathway(Row):
    """A Space follows a pathway. `checked_at`: when everybody's standing was last made anew. While the pathway
    is being changed nobody's standing moves, until `settles_at`.
    """

    __tablename__ = "space_pathway"
    __table_args__ = (Index(None, "pathway_id"),)

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    pathway_id: Mapped[str] = mapped_column(ForeignKey("pathway.id"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)
    added_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    settles_at: Mapped[datetime | None] = mapped_column(Instant)


class PathwayStanding(Row):
    """How far a member has come: `done` of `total` steps that count, and when the whole was completed."""

    __tablename__ = "pathway_standing"
    __table_args__ = (Index(None, "member_id"), Index(None, "award_id"))

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    pathway_id: Mapped[str] = mapped_column(ForeignKey("pathway.id"), primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id"), primary_key=True)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
