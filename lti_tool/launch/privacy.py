"""A data privacy launch: what this tool keeps about a person, said in words to that person.

An administrator of the LMS may ask about somebody else; that is answered as briefly as it can be, and with no evidence.
Neither gives any authority in a course: see `claims.read_launch`.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Connection, func, select

from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.claims import Launch
from lti_tool.launch.messages import Message
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.launch.visits import kept_for
from lti_tool.people.access import Permission, needs
from lti_tool.people.model import Person
from lti_tool.people.visit import Role, current_visit
from lti_tool.spaces.model import Completion, Member, Space

_SPACES = 100


@dataclass(frozen=True)
class Place:
    """A place in one Space."""

    space: str
    role: str
    status: str


@dataclass(frozen=True)
class Kept:
    """All that stands about one person, in figures wherever a figure says enough."""

    name: str | None
    email: str | None
    since: datetime
    places: list[Place]
    completions: int
    awards: int
    visits: int


def page_of_request(launch: Launch) -> str:
    """The page below the visit's path. Only an administrator of the LMS is asked about anybody but themselves."""
    return "privacy/other" if _asks_about_another(launch) else "privacy"


def subject_of(launch: Launch, registration_id: str, connection: Connection) -> str | None:
    """Whom an administrator asks about, to be kept with the visit: the page takes nobody's id from an address."""
    if launch.message is not Message.DATA_PRIVACY or not _asks_about_another(launch):
        return None
    asked = select(Identity.person_id).where(
        Identity.registration_id == registration_id, Identity.sub == launch.for_user
    )
    return connection.scalar(asked)


@needs(Permission.VISIT)
def own() -> ResponseReturnValue:
    """GET /privacy: for everybody, about themselves"""
    return _page(kept_of(current_visit().person), other=False)


@needs(Permission.SUPPORT)
def other() -> ResponseReturnValue:
    """GET /privacy/other: for an administrator whose launch asked about somebody"""
    row = db.session.get(VisitRow, current_visit().id)
    if row is None or row.message != Message.DATA_PRIVACY:
        raise Problem("not_found")
    return _page(kept_of(row.about_id) if row.about_id else None, other=True)


def kept_of(person_id: str) -> Kept:
    person = db.session.get_one(Person, person_id)
    places = db.session.execute(
        select(Space.name, Member.role, Member.status)
        .join(Space, Space.id == Member.space_id)
        .where(Member.person_id == person_id)
        .order_by(Space.name)
        .limit(_SPACES)
    )
    mine = select(Member.id).where(Member.person_id == person_id)
    return Kept(
        person.name, person.email, person.created_at, [Place(*row) for row in places],
        completions=_count(Completion.member_id.in_(mine)),
        awards=_count(Award.person_id == person_id),
        visits=_count(VisitRow.person_id == person_id),
    )  # fmt: skip


def _count(condition: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(condition)) or 0


def _page(kept: Kept | None, *, other: bool) -> str:
    days = math.ceil(kept_for() / timedelta(days=1))
    return render_template("launch/privacy.html", kept=kept, other=other, days=days)


def _asks_about_another(launch: Launch) -> bool:
    return launch.standing.role is Role.SUPPORT and launch.for_user not in (None, launch.sub)
