"""Rows of the workshop: issuers, badge classes with their revisions, and awards."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Sequence, String, Text, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, public_id
from lti_tool.people.names import NAME_LENGTH

BADGE_NAME_LENGTH = 120
TEXT_LENGTH = 10_000

award_numbers = Sequence("award_number", metadata=Row.metadata)


class Issuer(Row):
    """Who stands behind a badge. Its id is public: it is part of every document."""

    __tablename__ = "issuer"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    url: Mapped[str] = mapped_column(String(2000))
    email: Mapped[str] = mapped_column(String(254))
    description: Mapped[str | None] = mapped_column(Text)
    png_key: Mapped[str | None] = mapped_column(String(64))
    svg_key: Mapped[str | None] = mapped_column(String(64))
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    changed_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class BadgeClass(Row):
    """What can be earned. What it says is in its current revision; an award points here, never at a revision.

    `allows_repeats`: one person may be given it several times. `expires_after_days`: what an award is offered as its
    expiry.
    """

    __tablename__ = "badge_class"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"), index=True)
    revision: Mapped[int] = mapped_column(default=1)
    allows_repeats: Mapped[bool] = mapped_column(default=False)
    expires_after_days: Mapped[int | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    archived_at: Mapped[datetime | None] = mapped_column(Instant)


class BadgeRevision(Row):
    """One wording and picture of a badge class. Both forms of the picture are kept (decision 16).

    An alignment is `{"name", "url"}` and, where they are known, `"description"`, `"framework"`, `"code"`. There are
    criteria as text, as a link, or both.
    """

    __tablename__ = "badge_revision"

    badge_id: Mapped[str] = mapped_column(ForeignKey("badge_class.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(BADGE_NAME_LENGTH))
    description: Mapped[str] = mapped_column(Text)
    criteria: Mapped[str] = mapped_column(Text)
    criteria_url: Mapped[str | None] = mapped_column(String(2000))
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    alignments: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    achievement_type: Mapped[str | None] = mapped_column(String(60))
    png_key: Mapped[str] = mapped_column(String(64))
    svg_key: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


CURRENT_REVISION = and_(BadgeRevision.badge_id == BadgeClass.id, BadgeRevision.number == BadgeClass.revision)
"""Joins a badge class with what it says now."""

_CORRECTS = "corrects IS NOT NULL"
_HELD = "revoked_at IS NULL AND NOT repeat AND person_id IS NOT NULL"
_HELD_BY_ADDRESS = "revoked_at IS NULL AND NOT repeat AND person_id IS NULL AND recipient_email IS NOT NULL"
_REVOKED = "revoked_at IS NOT NULL"


class Award(Row):
    """One badge given to one recipient. The facts never change; `revision` counts what may (revocation).

    `number` is its place in the status lists. `repeat`: the recipient may hold the badge already. `corrects`: the
    revoked award that this one takes the place of. `shows_name`: its holder wants their name on its public page.
    `erased_at`: its recipient was erased, and it answers 410 without a reason.
    """

    __tablename__ = "award"
    __table_args__ = (
        Index(None, "badge_id", "issued_on", "id"),
        Index(None, "person_id"),
        Index(None, "recipient_email"),
        Index(None, "batch_id", "number"),
        Index(
            "ix_award_revoked", "badge_id", "number", "revoked_at",
            sqlite_where=text(_REVOKED), postgresql_where=text(_REVOKED),
        ),
        Index(
            "uq_award_held", "badge_id", "person_id", unique=True,
            sqlite_where=text(_HELD), postgresql_where=text(_HELD),
        ),
        Index(
            "uq_award_held_by_address", "badge_id", "recipient_email", unique=True,
            sqlite_where=text(_HELD_BY_ADDRESS), postgresql_where=text(_HELD_BY_ADDRESS),
        ),
        Index(
            "uq_award_corrects", "corrects", unique=True,
            sqlite_where=text(_CORRECTS), postgresql_where=text(_CORRECTS),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    badge_id: Mapped[str] = mapped_column(ForeignKey("badge_class.id"))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    recipient_email: Mapped[str | None] = mapped_column(String(254))
    recipient_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    recipient_url: Mapped[str | None] = mapped_column(String(2000))
    salt: Mapped[str] = mapped_column(String(32))
    issued_on: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires: Mapped[datetime | None] = mapped_column(Instant)
    narrative: Mapped[str | None] = mapped_column(Text)
    evidence: Mapped[str | None] = mapped_column(String(2000))
    revision: Mapped[int] = mapped_column(default=1)
    repeat: Mapped[bool] = mapped_column(default=False)
    shows_name: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    revocation_reason: Mapped[str | None] = mapped_column(String(500))
    erased_at: Mapped[datetime | None] = mapped_column(Instant)
    corrects: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    batch_id: Mapped[str | None] = mapped_column(ForeignKey("award_batch.id"))
    awarded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
