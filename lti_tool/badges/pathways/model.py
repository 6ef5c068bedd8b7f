"""Rows of pathways: a tree of elements that an issuer makes of badges."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

PATHWAY_NAME_LENGTH = 200


class Pathway(Row):
    """A way through an issuer's badges. Completing it awards `completion_badge_id`, where it has one.

    `revision` is compared before anything of it is changed.
    """

    __tablename__ = "pathway"
    __table_args__ = (Index(None, "issuer_id"), Index(None, "completion_badge_id"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"))
    name: Mapped[str] = mapped_column(String(PATHWAY_NAME_LENGTH))
    description: Mapped[str] = mapped_column(Text, default="")
    completion_badge_id: Mapped[str | None] = mapped_column(ForeignKey("badge_class.id"))
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class PathwayElement(Row):
    """A step: a badge to hold, or a group of steps of which all, any one or `needed` must be done.

    Steps without a parent stand at the top, of which all are needed. A foreign badge is named by `badge_ref`, as the
    backpack names it, with the name it had when it was chosen. One that is removed can be called back for a day.
    """

    __tablename__ = "pathway_element"
    __table_args__ = (
        Index(None, "pathway_id", "position"),
        Index(None, "parent_id"),
        Index(None, "badge_id"),
        Index(None, "badge_ref"),
        CheckConstraint("kind IN ('group', 'badge')", name="kind"),
        CheckConstraint("needs IN ('all', 'any', 'some')", name="needs"),
        CheckConstraint("(needs = 'some') = (needed IS NOT NULL)", name="needed"),
        CheckConstraint("kind = 'badge' OR (badge_id IS NULL AND badge_ref IS NULL)", name="group_has_no_badge"),
        CheckConstraint("kind = 'group' OR (badge_id IS NULL) <> (badge_ref IS NULL)", name="one_badge"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    pathway_id: Mapped[str] = mapped_column(ForeignKey("pathway.id"))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("pathway_element.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(PATHWAY_NAME_LENGTH), default="")
    needs: Mapped[str] = mapped_column(String(4), default="all")
    needed: Mapped[int | None]
    badge_id: Mapped[str | None] = mapped_column(ForeignKey("badge_class.id"))
    badge_ref: Mapped[str | None] = mapped_column(String(500))
    badge_issuer_ref: Mapped[str | None] = mapped_column(String(500))
    badge_name: Mapped[str | None] = mapped_column(String(200))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
