"""Runs of the self-test: the temporary platform that each one makes, and what it found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id

TITLE_LENGTH = 120


class SelfTest(Row):
    """One run. At most one is under way: the database says so.

    `secret_hash` opens its platform's addresses; they answer only while it is under way. `world` is what that platform
    knows: its clients and their public keys, its course and people. `alive_at` moves while somebody works on it, `done`
    of `total` cases so far and `doing` the next one.
    """

    __tablename__ = "self_test"
    __table_args__ = (
        CheckConstraint("state IN ('running', 'done', 'broken')", name="state"),
        Index(
            "uq_self_test_running", "state", unique=True,
            sqlite_where=text("state = 'running'"), postgresql_where=text("state = 'running'"),
        ),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    state: Mapped[str] = mapped_column(String(10), default="running")
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    organization_id: Mapped[str | None] = mapped_column(ID)
    world: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    doing: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # None while it is under way
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("administrator.id"))
    started_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    alive_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SelfTestCall(Row):
    """A request that the tool made to the temporary platform: evidence, with what it said about itself."""

    __tablename__ = "self_test_call"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    run_id: Mapped[str] = mapped_column(ForeignKey("self_test.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    service: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
