"""Rows of the guest book. A person has no foreign id here: the door keeps those (decision 6)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lti_tool import clock
from lti_tool.db import ID, Instant, Row, new_id
from lti_tool.people.names import EMAIL_LENGTH, NAME_LENGTH, Names
from lti_tool.people.visit import Theme


class Organization(Row):
    """A school or university: groups issuers and people, and carries the switches of what it may use."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    may_use_spaces: Mapped[bool] = mapped_column(default=True)
    may_manage_data: Mapped[bool] = mapped_column(default=True)
    may_weigh_points: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)


class Person(Row):
    """Somebody a platform told us about, or who came by an invitation. Every name may be missing.

    `email` is what was last asserted, lower case. `sessions_from`: a session at `/home` that began before has ended.
    `erased_at`: what was known of them is gone; their row stays, nameless, so that totals do. `theme`: None is as
    the device says.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "organization_id", "email"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    given_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    family_name: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))
    theme: Mapped[Theme | None] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(Instant, default=clock.now)
    sessions_from: Mapped[datetime | None] = mapped_column(Instant)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def names(self) -> Names:
        return Names(self.name, self.given_name, self.family_name, self.email)
