"""What a deep linking launch asked for, kept beside its visit until the teacher has picked or given up."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool.db import Instant, Row


class DeepLinkRequest(Row):
    """The settings claim of one deep linking launch, checked; answered once, and not for long."""

    __tablename__ = "deep_link_request"

    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id", ondelete="CASCADE"), primary_key=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    items: Mapped[int | None]
