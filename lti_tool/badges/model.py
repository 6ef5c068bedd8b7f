"""Rows of the workshop: issuers, badge classes with their revisions, and awards."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, public_id

BADGE_NAME_LENGTH = 120
TEXT_LENGTH = 10_000


class Issuer(Row):
    """Who stands behind a badge. Its id is public: it is part of every document."""

    __tablename__ = "issuer"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    email: Mapped[str] = mapped_column(String(254))
    description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class BadgeClass(Row):
    """What can be earned. What it says is in its current revision; an award points here, never at a revision."""

    __tablename__ = "badge_class"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class BadgeRevision(Row):
    """One wording and picture of a badge class. Both forms of the picture are kept (decision 16)."""

    __tablename__ = "badge_revision"

    badge_id: Mapped[str] = mapped_column(ForeignKey("badge_class.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(BADGE_NAME_LENGTH))
    description: Mapped[str] = mapped_column(Text)
    criteria: Mapped[str] = mapped_column(Text)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    png_key: Mapped[str] = mapped_column(String(64))
    svg_key: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Award(Row):
    """One badge given to one recipient. The facts never change; `revision` counts what may (revocation)."""

    __tablename__ = "award"
    __table_args__ = (
        Index(None, "badge_id", "issued_on"),
        Index(None, "person_id"),
        Index(
            "uq_award_held", "badge_id", "person_id", unique=True,
            sqlite_where=text("revoked_at IS NULL AND person_id IS NOT NULL"),
            postgresql_where=text("revoked_at IS NULL AND person_id IS NOT NULL"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    badge_id: Mapped[str] = mapped_column(ForeignKey("badge_class.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    recipient_email: Mapped[str | None] = mapped_column(String(254))
    recipient_url: Mapped[str | None] = mapped_column(String(2000))
    salt: Mapped[str] = mapped_column(String(32))
    issued_on: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires: Mapped[datetime | None] = mapped_column(Instant)
    narrative: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column(default=1)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revocation_reason: Mapped[str | None] = mapped_column(String(500))
    awarded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
