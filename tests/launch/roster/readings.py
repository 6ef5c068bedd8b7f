"""Asking for a roster, doing the job, and looking at what came of it."""


from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.launch.model import RosterRead
from lti_tool.launch.roster import ask_for_roster, read_roster
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member


def ask(course: str) -> str | None:
    with transaction():
        return ask_for_roster(course, by=None)


def sync(course: str) -> RosterRead:
    """Ask, do the job, and answer the row as it is then."""
    read = ask(course)
    assert read is not None
    read_roster({"read": read})
    return row(read)


def row(read: str) -> RosterRead:
    db.session.expire_all()
    return db.session.get_one(RosterRead, read)


def members(status: str = "active") -> set[str | None]:
    db.session.expire_all()
    named = select(Person.name).join(Member, Member.person_id == Person.id).where(Member.status == status)
    return set(db.session.scalars(named))
