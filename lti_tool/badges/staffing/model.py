"""Rows of an issuer's staff and of the invitations to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import Instant, Row
from lti_tool.people.invitations.model import InvitationRow
from lti_tool.people.names import NAME_LENGTH

_ROLES = "role IN ('owner', 'editor', 'awarder')"


class IssuerStaff(Row):
    """One person's role in an issuer."""

    __tablename__ = "issuer_staff"
    __table_args__ = (Index(None, "person_id"), CheckConstraint(_ROLES, name="role"))

    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10))
    added_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class IssuerInvitation(InvitationRow):
    """An invitation to an issuer's staff."""

    __tablename__ = "issuer_invitation"
    __table_args__ = (Index(None, "issuer_id"), Index(None, "email"), CheckConstraint(_ROLES, name="role"))

    issuer_id: Mapped[str] = mapped_column(ForeignKey("issuer.id"))
    name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))

    @property
    def guest(self) -> str | None:
        return self.name

    @property
    def host_id(self) -> str:
        return self.issuer_id
