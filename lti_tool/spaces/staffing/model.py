"""Rows of a Space's staff beyond what an LMS says, and of the invitations to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import Instant, Row
from lti_tool.people.invitations.model import InvitationRow
from lti_tool.people.names import NAME_LENGTH

_ROLES = "role IN ('teacher', 'assistant')"


class SpaceStaff(Row):
    """One person who runs a Space by an accepted invitation, or because they made it without an LMS (decision 7)."""

    __tablename__ = "space_staff"
    __table_args__ = (Index(None, "person_id"), CheckConstraint(_ROLES, name="role"))

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(10), default="teacher")
    added_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class SpaceInvitation(InvitationRow):
    """An invitation to a Space's staff."""

    __tablename__ = "space_invitation"
    __table_args__ = (Index(None, "space_id"), Index(None, "email"), CheckConstraint(_ROLES, name="role"))

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"))
    given_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    family_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))

    @property
    def guest(self) -> str | None:
        return " ".join(part for part in (self.given_name, self.family_name) if part) or None

    @property
    def host_id(self) -> str:
        return self.space_id
