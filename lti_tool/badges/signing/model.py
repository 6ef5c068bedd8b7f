"""Rows of the issuers' keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, public_id


class IssuerKey(Row):
    """One key pair of an issuer. Its `id` is the `kid` under `/public/keys/`.

    The newest of a kind that is not retired signs. A retired key stays published, so what it signed stays valid; a
    withdrawn one, which got into wrong hands, is published no more. The private half is sealed, and gone once retired.
    """

    __tablename__ = "issuer_key"
    __table_args__ = (
        Index(None, "issuer_id", "kind"),
        CheckConstraint("kind IN ('Ed25519', 'RSA')", name="kind"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=public_id)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"))
    kind: Mapped[str] = mapped_column(String(10))
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed_private_key: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
