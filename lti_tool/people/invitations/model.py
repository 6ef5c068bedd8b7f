"""What the row of every invitation has, whatever it is for."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.people.names import EMAIL_LENGTH


class InvitationRow(Row):
    """An invitation: random, kept as a hash, valid once and shortly (decision 5).

    `by_hand`: its link was shown to whoever invited, so whoever brings it has not proved the address.
    """

    __abstract__ = True

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(EMAIL_LENGTH))
    role: Mapped[str] = mapped_column(String(10))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by_hand: Mapped[bool] = mapped_column(default=False)
    invited_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    accepted_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def guest(self) -> str | None:
        """What whoever is invited was called."""
        raise NotImplementedError

    @property
    def host_id(self) -> str:
        """To whose staff it leads."""
        raise NotImplementedError
