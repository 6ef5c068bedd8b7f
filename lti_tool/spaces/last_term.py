"""A course that was copied begins like the one that it was copied from: one click brings what its Space says.

Which Spaces these are the door says (`wiring.py`): the platform's word that this course is a copy is the authority, and
that whoever clicks is a teacher of it. People are never part of it, and neither is what they have done.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, current_app
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.visit import Visit
from lti_tool.spaces.days import today_in
from lti_tool.spaces.model import Objective, Space
from lti_tool.spaces.pathways.model import SpacePathway
from lti_tool.spaces.settings import delete_space
from lti_tool.spaces.space import create_space
from lti_tool.spaces.space_forms import LastTermForm
from lti_tool.spaces.starting import Start, begin

UNDONE_WITHIN = timedelta(days=1)
_SHORTEST, _LONGEST = timedelta(weeks=1), timedelta(weeks=104)


@dataclass(frozen=True)
class Origins:
    """The Spaces of the courses that a course was copied from, the nearest first. `looking`: there may be more, for the
    LMS is being asked.
    """

    spaces: Sequence[str] = ()
    looking: bool = False


Teller = Callable[[str], Origins]  # asked by the opaque reference of a course


@dataclass(frozen=True)
class LastTerm:
    """The Space whose words can come along, and how many; `ends_on` is when the new one may end."""

    id: str
    name: str
    issuer: str
    time_zone: str
    objectives: int
    pathways: int
    ends_on: date


@dataclass(frozen=True)
class Offer:
    """What a teacher is offered in a course without a Space."""

    last_term: LastTerm | None = None
    looking: bool = False


def init_last_term(app: Flask, tellers: Sequence[Teller]) -> None:
    app.extensions["origins_of_course"] = tuple(tellers)


def offer_here(visit: Visit) -> Offer:
    """Of several origins the nearest that has a Space in this organization; without one there is nothing to bring."""
    told = _told(visit)
    found = {space.id: space for space in _of(visit, told.spaces)}
    nearest = next((found[one] for one in told.spaces if one in found), None)
    return Offer(_last_term(nearest, visit) if nearest else None, told.looking)


def last_term_form(offer: Offer, visit: Visit) -> LastTermForm:
    """All fields come filled in."""
    form, old = LastTermForm(formdata=None), offer.last_term
    if old is not None:
        form.earlier.data, form.time_zone.data, form.ends_on.data = old.id, old.time_zone, old.ends_on
        form.name.data = visit.course.title if visit.course else old.name
    return form


def bring_last_term(visit: Visit, form: LastTermForm) -> Space:
    """The new Space of this course, like the earlier one that the form names. Inside a transaction.

    Raises `Problem` not_found for a Space that this course is no copy of, and course_has_space.
    """
    earlier = next(iter(_of(visit, [one for one in _told(visit).spaces if one == form.earlier.data])), None)
    if earlier is None or visit.course is None:
        raise Problem("not_found")
    gives = issuer_facts(earlier.issuer_id)
    space = create_space(
        organization=visit.organization, name=form.name.data, ends_on=form.ends_on.data,
        issuer=earlier.issuer_id if gives and gives.archived_at is None else None, course=visit.course.ref,
        by=visit.person, time_zone=form.zone,
    )  # fmt: skip
    begin(space, Start(earlier=earlier.id))
    return space


def undo_last_term(space_id: str, *, seen: int) -> None:
    """The click undone: the Space goes, and the course is offered it again. Inside a transaction.

    Only within a day and while nothing has happened in it. Raises `Problem` space_in_use and space_changed.
    """
    space = db.session.get(Space, space_id)
    if space is None:
        raise Problem("not_found")
    if space.created_at < clock.now() - UNDONE_WITHIN:
        raise Problem("space_in_use")
    delete_space(space_id, seen=seen)


def _told(visit: Visit) -> Origins:
    if visit.course is None:
        return Origins()
    told = [tell(visit.course.ref) for tell in current_app.extensions["origins_of_course"]]
    return Origins([space for one in told for space in one.spaces], any(one.looking for one in told))


def _of(visit: Visit, spaces: Sequence[str]) -> Sequence[Space]:
    if not spaces:
        return ()
    return db.session.scalars(
        select(Space).where(Space.id.in_(spaces), Space.organization_id == visit.organization)
    ).all()


def _last_term(space: Space, visit: Visit) -> LastTerm:
    offered = (Objective.space_id == space.id, Objective.archived_at.is_(None))
    objectives = db.session.scalar(select(func.count()).select_from(Objective).where(*offered)) or 0
    pathways = select(func.count()).select_from(SpacePathway).where(SpacePathway.space_id == space.id)
    ends_on = _guessed_end(space, visit.course.ends_on if visit.course else None)
    return LastTerm(
        space.id, space.name, space.issuer_id, space.time_zone, objectives, db.session.scalar(pathways) or 0, ends_on
    )


def _guessed_end(space: Space, course_ends_on: date | None) -> date:
    """The course's own end where it is known and to come; else the new term is as long as the last one was."""
    today = today_in(space.time_zone)
    if course_ends_on and course_ends_on >= today:
        return course_ends_on
    lasted = space.ends_on - day_of(space.created_at, zone_of(space.time_zone))
    return today + min(max(lasted, _SHORTEST), _LONGEST)
