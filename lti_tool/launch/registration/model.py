"""Invitations to register: one URL for one LMS, and how far its registration has come."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.people.names import NAME_LENGTH


class RegistrationInvite(Row):
    """A one-time registration URL. Nothing that matters for security goes through the administrator's browser:
    the configuration that was read and checked waits in `draft`, and the two secrets of the LMS in `sealed_token`.

    The key that will sign for this LMS waits here too (`key_jwk`, `sealed_key`): an LMS may fetch our key set while it
    registers us, before there is a registration that a key could belong to.
    """

    __tablename__ = "registration_invite"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organization.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    draft: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    draft_hash: Mapped[str | None] = mapped_column(String(64))
    sealed_token: Mapped[str | None] = mapped_column(Text)
    key_jwk: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sealed_key: Mapped[str | None] = mapped_column(Text)
    used_at: Mapped[datetime | None] = mapped_column(Instant)
    registration_id: Mapped[str | None] = mapped_column(ForeignKey("registration.id"))
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
