"""The row of a job."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

_UNCLAIMED = "unique_key IS NOT NULL AND finished_at IS NULL AND failed_at IS NULL AND lease_holder IS NULL"
_OPEN = "finished_at IS NULL AND failed_at IS NULL"


class Job(Row):
    """Something to do outside a request. `unique_key` names at most one job that nobody has begun yet."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_open", "run_at", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index(
            "uq_job_unclaimed",
            "unique_key",
            unique=True,
            sqlite_where=text(_UNCLAIMED),
            postgresql_where=text(_UNCLAIMED),
        ),
        Index(None, "finished_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(60))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    unique_key: Mapped[str | None] = mapped_column(String(200))
    run_at: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_holder: Mapped[str | None] = mapped_column(String(32))
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
