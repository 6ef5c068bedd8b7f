"""What each deployment offers of notices, what we have registered there, and the notices that came."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.launch.model import FOREIGN_ID, URL

TYPE_LENGTH = 60


class NoticeService(Row):
    """The notification service of one deployment, as its launches name it.

    `offered` are the notice types that we take of those it has, `registered` {type: since when} those that its list
    showed with our `handler`. `problem` says why one is not; with `troubled_since` it is tried again by itself.
    """

    __tablename__ = "notice_service"

    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    url: Mapped[str] = mapped_column(URL)
    offered: Mapped[list[str]] = mapped_column(JSON, default=list)
    handler: Mapped[str | None] = mapped_column(URL)
    registered: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    problem: Mapped[str | None] = mapped_column(String(40))
    problem_said: Mapped[str | None] = mapped_column(String(300))
    troubled_since: Mapped[datetime | None] = mapped_column(Instant)
    told_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Notice(Row):
    """One notice that was taken: no token, no name. The same `notice_id` of a registration is one notice, however often
    it comes, and so is the same nonce.

    `context_id` and `origins` are what a copy notice says. `done_at`: when its work was done.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("registration_id", "notice_id"),
        UniqueConstraint("registration_id", "nonce_hash"),
        Index(None, "deployment_id", "kind", "received_at"),
        Index(None, "received_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    registration_id: Mapped[str] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[str] = mapped_column(ForeignKey("deployment.id"))
    notice_id: Mapped[str] = mapped_column(FOREIGN_ID)
    nonce_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(TYPE_LENGTH))
    context_id: Mapped[str | None] = mapped_column(FOREIGN_ID)
    origins: Mapped[list[str]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
