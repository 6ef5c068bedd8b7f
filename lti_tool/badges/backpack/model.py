"""Rows of the backpack: badges from elsewhere, and collections."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.badges.model import BADGE_NAME_LENGTH
from lti_tool.db import ID, Instant, Row, new_id, public_id


class ImportedBadge(Row):
    """A badge that a person brought from elsewhere. The bytes they brought lie in storage under `original_key`.

    `award_ref`, `badge_ref` and `issuer_ref` are its ids where it comes from; nothing of it is hosted here. It counts
    while `counts` is true: every check passed, and it was given to an address that this person has proved.
    `checked_at` is when an answer last came, `tried_at` when one was last asked for, and `trouble` why none came then.
    `removed_at`: its holder took it out; for a day they may put it back.
    """

    __tablename__ = "imported_badge"
    __table_args__ = (
        UniqueConstraint("person_id", "award_ref"),
        Index(None, "badge_ref"),
        Index(None, "tried_at"),
        Index(None, "original_key"),
        CheckConstraint("form IN ('png', 'svg', 'url', 'json', 'jwt')", name="form"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str] = mapped_column(String(10))
    original_key: Mapped[str] = mapped_column(String(64))
    source_url: Mapped[str | None] = mapped_column(String(2000))
    standard: Mapped[str] = mapped_column(String(10))
    award_ref: Mapped[str] = mapped_column(String(500))
    badge_ref: Mapped[str] = mapped_column(String(500))
    issuer_ref: Mapped[str] = mapped_column(String(500))
    badge_name: Mapped[str] = mapped_column(String(200))
    issuer_name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text, default="")
    picture_key: Mapped[str | None] = mapped_column(String(64))
    issued_on: Mapped[datetime | None] = mapped_column(Instant)
    expires: Mapped[datetime | None] = mapped_column(Instant)
    counts: Mapped[bool]
    verdict: Mapped[dict[str, Any]] = mapped_column(JSON)
    checked_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    tried_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    trouble: Mapped[str | None] = mapped_column(String(40))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    added_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Collection(Row):
    """Badges that a person puts together. Its id is public; its page is there while `shared_at` is set."""

    __tablename__ = "collection"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(BADGE_NAME_LENGTH))
    description: Mapped[str] = mapped_column(Text, default="")
    shows_name: Mapped[bool] = mapped_column(default=False)
    shared_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class CollectionEntry(Row):
    """One badge of a collection: an award of ours, or an imported one."""

    __tablename__ = "collection_entry"
    __table_args__ = (
        UniqueConstraint("collection_id", "award_id"),
        UniqueConstraint("collection_id", "imported_id"),
        Index(None, "award_id"),
        Index(None, "imported_id"),
        CheckConstraint("(award_id IS NULL) <> (imported_id IS NULL)", name="one_badge"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    collection_id: Mapped[str] = mapped_column(ForeignKey("collection.id"))
    award_id: Mapped[str | None] = mapped_column(ForeignKey("award.id"))
    imported_id: Mapped[str | None] = mapped_column(ForeignKey("imported_badge.id"))
    position: Mapped[int]
