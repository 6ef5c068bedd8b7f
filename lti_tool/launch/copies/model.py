"""What is known of courses that were copied from others."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.launch.model import FOREIGN_ID


class CourseCopy(Row):
    """(deployment, context) is a copy of `origin`; a notice may say so before anybody has launched from it.

    `known_by`: a `notice` of the platform, the `history` of the context or of a `link` that a launch brought, or
    `columns` that came along. `origin` is what that names: a context id, a link id, or the Space that the columns were
    of. `place` counts from the nearest origin, 0.
    """

    __tablename__ = "course_copy"
    __table_args__ = (
        UniqueConstraint("deployment_id", "context_id", "known_by", "origin"),
        CheckConstraint("known_by IN ('notice', 'history', 'link', 'columns')", name="known_by"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    context_id: Mapped[str] = mapped_column(FOREIGN_ID)
    known_by: Mapped[str] = mapped_column(String(10))
    origin: Mapped[str] = mapped_column(FOREIGN_ID)
    place: Mapped[int] = mapped_column(default=0)
    noted_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
