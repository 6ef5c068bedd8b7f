"""Rows of people who come without an LMS: the addresses they proved, and the links that were mailed to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import Instant, Row
from lti_tool.people.names import EMAIL_LENGTH


class ProvenAddress(Row):
    """An address that a person has proved to be theirs, in small letters. Two people may prove the same one: they are
    never merged (decision 6).
    """

    __tablename__ = "proven_address"
    __table_args__ = (Index(None, "address"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(EMAIL_LENGTH), primary_key=True)
    proven_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class MailedLink(Row):
    """A mailed link: random, kept as a hash, valid once and shortly (decision 5).

    `sign_in` leads to `/home` and proves nothing; `prove` adds the address to the person who asked from inside.
    """

    __tablename__ = "mailed_link"
    __table_args__ = (
        Index(None, "address", "created_at"),
        Index(None, "person_id", "created_at"),
        CheckConstraint("purpose IN ('sign_in', 'prove')", name="purpose"),
    )

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    leads_to: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
