"""Rows of the administrators: who they are, the links that sign them in, and what was done at `/admin`."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.people.names import EMAIL_LENGTH, NAME_LENGTH


class Administrator(Row):
    """Somebody who may open `/admin`. `sessions_from`: a session that began before this moment has ended."""

    __tablename__ = "administrator"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    sessions_from: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInLink(Row):
    """A link that signs an administrator in: random, kept as a hash, valid once and shortly (decision 5)."""

    __tablename__ = "sign_in_link"

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    administrator_id: Mapped[str] = mapped_column(ForeignKey("administrator.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class AuditEntry(Row):
    """One deed that somebody will ask about. It names opaque ids only, and is never changed (decision 15): the database
    itself refuses to (decision 56).

    `subject` is what was done to, `scope` the issuer whose people may read of it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "at"), Index(None, "subject", "at"), Index(None, "scope", "at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    actor_kind: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str | None] = mapped_column(ID)
    organization_id: Mapped[str | None] = mapped_column(ID)
    deed: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str | None] = mapped_column(String(64))
    scope: Mapped[str | None] = mapped_column(String(64))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class AuditRemoval(Row):
    """The log of this organization has gone with it, and how many entries that were. The database deletes no entry
    without such a row, and never such a row.
    """

    __tablename__ = "audit_removal"

    organization_id: Mapped[str] = mapped_column(ID, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    entries: Mapped[int] = mapped_column(Integer)
