"""Who is here, in what role, and for which course: all that a room ever learns about a launch."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from flask import g

Theme = Literal["light", "dark"]


class Role(StrEnum):
    """What this launch says the person is in the course. Authority comes from here alone (decision 7)."""

    STAFF = "staff"
    DESIGNER = "designer"
    MEMBER = "member"
    OBSERVER = "observer"
    SUPPORT = "support"
    GUEST = "guest"


@dataclass(frozen=True)
class Course:
    """The course as the rooms know it; `ref` is opaque to them."""

    ref: str
    title: str
    ends_on: date | None = None


@dataclass(frozen=True)
class Viewing:
    """Somebody of the staff looks as a student: as one `member` of the Space, or as a preview person."""

    member: str | None = None
    name: str | None = None


@dataclass(frozen=True)
class Visit:
    """One person's stay after one launch. `path` is where its pages live, `form_token` guards its forms.

    `mentees` are the people whom this one was named to follow. `masked`: somebody else looks through this account, and
    changes nothing. `viewing`: staff see the Space as a student; then `person` and `role` are that student's. `theme`
    is what they chose; None follows the device.
    """

    id: str
    path: str
    form_token: str
    person: str
    person_name: str | None
    organization: str
    role: Role
    assistant: bool = False
    preview: bool = False
    masked: bool = False
    viewing: Viewing | None = None
    mentees: tuple[str, ...] = ()
    course: Course | None = None
    space: str | None = None
    locale: str = "en"
    theme: Theme | None = None
    return_url: str | None = None
    frame_ancestors: tuple[str, ...] = ()

    @property
    def is_staff(self) -> bool:
        """Staff work with the people of the Space; a designer of the course does not (decision 32)."""
        return self.role is Role.STAFF

    @property
    def is_teacher(self) -> bool:
        """Who may create and change the Space itself: staff but for a teaching assistant, and designers."""
        return self.role is Role.DESIGNER or (self.is_staff and not self.assistant)

    @property
    def is_seen_by_another(self) -> bool:
        """Somebody else sees what this person sees: what is this person's alone, such as a draft, is left out."""
        return self.masked or self.viewing is not None


def enter(visit: Visit) -> None:
    """The door says who is here, for the length of one request."""
    g.visit = visit


def current_visit() -> Visit:
    visit: Visit = g.visit
    return visit


def visit_or_none() -> Visit | None:
    visit: Visit | None = g.get("visit")
    return visit
