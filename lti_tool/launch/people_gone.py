"""People of whom nothing is left but old courses: erased after a time that the operator chooses (decision 57).

When somebody was last here is not kept, so it is read from what is: every Space that they had a place in has ended long
ago, they have not come this week, and they keep nothing of their own. Who holds an award stays, for erasing them would
take it away: an award outlives its course.
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from lti_tool import clock
from lti_tool.badges.backpack.model import Collection, ImportedBadge
from lti_tool.badges.model import Award
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.people.privacy.erasing import erase_person
from lti_tool.retention import in_slices
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.staffing.model import SpaceStaff

_AT_ONCE = 500


def are_gone() -> ColumnElement[bool]:
    """Nobody, unless the operator has set PEOPLE_DAYS."""
    days = current_app.extensions["settings"].people_days
    return _gone_before(clock.now() - timedelta(days=days)) if days else false()


def erase_people_gone() -> None:
    """Runs on the schedule."""
    in_slices(erase_some_gone)


def erase_some_gone() -> int:
    """Each in a transaction of their own. Answers how many were looked at."""
    found = db.session.scalars(select(Person.id).where(are_gone()).limit(_AT_ONCE)).all()
    db.session.rollback()
    for person in found:
        with transaction():
            if db.session.scalar(select(Person.id).where(Person.id == person, are_gone())):  # may have come meanwhile
                erase_person(person)
    return len(found)


def _gone_before(moment: datetime) -> ColumnElement[bool]:
    places = select(Member.id).join(Space, Space.id == Member.space_id).where(Member.person_id == Person.id)
    still_on = places.where(Space.ends_on >= moment.date())
    kept = [
        exists().where(one.person_id == Person.id)
        for one in (VisitRow, SpaceStaff, IssuerStaff, ProvenAddress, ImportedBadge, Collection)
    ]
    holds = exists().where(or_(Award.person_id == Person.id, Award.recipient_email == Person.email))
    return and_(
        Person.erased_at.is_(None), Person.created_at < moment, places.exists(), ~still_on.exists(), ~holds,
        *(~one for one in kept),
    )  # fmt: skip
