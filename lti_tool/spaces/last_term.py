"""A course that was copied begins like the one that it was copied from: one click brings what its Space says.

Which Spaces these are the door says (`wiring.py`): the platform's word that this course is a copy is the authority, and
that whoever clicks is a teacher of it. Where only a launch claims it, whoever never ran the earlier Space gets no more
than any teacher of the organization may have. People are never part of it, and neither is what they have done.
"""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask, current_app
from sqlalchemy import func, select

from lti_tool import clock
from lti_tool.badges.issuers import first_issuer_of, issuer_facts
from lti_tool.badges.time_zones import day_of, zone_of
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.visit import Visit
from lti_tool.spaces.copying import coming, coming_pathways, run_by
from lti_tool.spaces.days import today_in
from lti_tool.spaces.model import Space
from lti_tool.spaces.settings import delete_space
from lti_tool.spaces.space import create_space
from lti_tool.spaces.space_forms import LastTermForm
from lti_tool.spaces.starting import Start, begin

UNDONE_WITHIN = timedelta(days=1)
_SHORTEST, _LONGEST = timedelta(weeks=1), timedelta(weeks=104)


@dataclass(frozen=True)
class Origins:
    """The Spaces of the courses that a course was copied from, the nearest first. `looking`: there may be more, for the
    LMS is being asked. `claimed` are those of which only custom parameters of launches tell: whoever may set up a link
    can type any course into it.
    """

    spaces: Sequence[str] = ()
    looking: bool = False
    claimed: Set[str] = frozenset()


Teller = Callable[[str], Origins]  # asked by the opaque reference of a course


@dataclass(frozen=True)
class LastTerm:
    """The Space whose words can come along, and how many; `ends_on` is when the new one may end. Not `whole`, notes for
    staff stay behind.
    """

    id: str
    name: str
    issuer: str
    time_zone: str
    objectives: int
    pathways: int
    ends_on: date
    whole: bool


@dataclass(frozen=True)
class _Earlier:
    """A Space that may be brought: `whole`, or without what only those may have who ran it."""

    space: Space
    whole: bool


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
    nearest = next(iter(_within_reach(visit, told)), None)
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
    found = next((one for one in _within_reach(visit, _told(visit)) if one.space.id == form.earlier.data), None)
    if found is None or visit.course is None:
        raise Problem("not_found")
    earlier = found.space
    gives = issuer_facts(earlier.issuer_id)
    space = create_space(
        organization=visit.organization, name=form.name.data, ends_on=form.ends_on.data,
        issuer=earlier.issuer_id if gives and gives.archived_at is None else None, course=visit.course.ref,
        by=visit.person, time_zone=form.zone,
    )  # fmt: skip
    begin(space, Start(earlier=earlier.id, whole=found.whole))
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
    spaces = [space for one in told for space in one.spaces]
    sure = {space for one in told for space in one.spaces if space not in one.claimed}
    return Origins(spaces, any(one.looking for one in told), frozenset(spaces) - sure)


def _within_reach(visit: Visit, told: Origins) -> list[_Earlier]:
    """The Spaces of this organization, the nearest first. Of those that are only claimed, somebody who never ran them
    reaches the ones whose issuer a Space here has anyway: its badges are any teacher's to give, those of others not.
    """
    if not told.spaces:
        return []
    here = select(Space).where(Space.id.in_(told.spaces), Space.organization_id == visit.organization)
    found = {one.id: one for one in db.session.scalars(here)}
    claimed = told.claimed & set(found)
    claimed -= run_by(visit.person, claimed)
    usual = first_issuer_of(visit.organization) if claimed else None
    return [
        _Earlier(found[one], whole=one not in claimed)
        for one in told.spaces
        if one in found and (one not in claimed or found[one].issuer_id == usual)
    ]


def _last_term(earlier: _Earlier, visit: Visit) -> LastTerm:
    space, only = earlier.space, None if earlier.whole else earlier.space.issuer_id
    objectives, pathways = (
        db.session.scalar(what.with_only_columns(func.count(), maintain_column_froms=True)) or 0
        for what in (coming(space.id, only), coming_pathways(space.id, only))
    )
    ends_on = _guessed_end(space, visit.course.ends_on if visit.course else None)
    return LastTerm(
        space.id, space.name, space.issuer_id, space.time_zone, objectives, pathways, ends_on, earlier.whole
    )


def _guessed_end(space: Space, course_ends_on: date | None) -> date:
    """The course's own end where it is known and to come; else the new term is as long as the last one was."""
    today = today_in(space.time_zone)
    if course_ends_on and course_ends_on >= today:
        return course_ends_on
    lasted = space.ends_on - day_of(space.created_at, zone_of(space.time_zone))
    return today + min(max(lasted, _SHORTEST), _LONGEST)
