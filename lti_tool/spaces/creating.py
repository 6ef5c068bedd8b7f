"""A new Space, wherever that is offered: the start page of a course, the picker of a link, an issuer's tab."""

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.made_once import one_at_a_time
from lti_tool.people.visit import Visit
from lti_tool.spaces.copying import ask_to_copy
from lti_tool.spaces.days import today_in
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import create_space, suggested_end
from lti_tool.spaces.space_forms import SpaceForm, StartForm
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.starting import BLANK, Start, begin


def filled_form(visit: Visit) -> SpaceForm:
    """All fields come filled in."""
    form = SpaceForm(formdata=None)
    _fill(form, visit)
    return form


def filled_start(visit: Visit, issuer: str | None = None) -> StartForm:
    """The same, with what a Space can begin with."""
    form = StartForm(formdata=None).offer(issuer)
    _fill(form, visit)
    return form


def _fill(form: SpaceForm, visit: Visit) -> None:
    form.time_zone.data = form.zone
    form.ends_on.data = suggested_end(visit.course.ends_on if visit.course else None, today_in(form.zone))
    if visit.course is not None:
        form.name.data = visit.course.title


def create_from(form: SpaceForm, visit: Visit, start: Start = BLANK) -> Space:
    """The Space that the form describes, for the course of this visit; a form that is sent again finds what it made.
    Inside a transaction.
    """
    course = visit.course.ref if visit.course else None
    return _made_before(form, visit) or _made(form, visit, start, course=course)


def create_without_course(form: SpaceForm, visit: Visit, start: Start = BLANK) -> Space:
    """One that no course reaches: whoever makes it is its teacher (decision 7). Likewise."""
    before = _made_before(form, visit)
    if before is not None:
        return before
    space = _made(form, visit, start, course=None)
    db.session.add(SpaceStaff(space_id=space.id, person_id=visit.person, role="teacher", added_by=visit.person))
    db.session.flush()
    return space


def _made_before(form: SpaceForm, visit: Visit) -> Space | None:
    """What this very form has made already. Raises `Problem` not_found for an id that is not theirs."""
    one_at_a_time(visit.person)
    space = db.session.get(Space, form.made.data)
    if space is not None and (space.created_by, space.organization_id) != (visit.person, visit.organization):
        raise Problem("not_found")
    return space


def _made(form: SpaceForm, visit: Visit, start: Start, *, course: str | None) -> Space:
    if start.earlier is not None and start.earlier != visit.space:
        ask_to_copy(visit, start.earlier)
    space = create_space(
        organization=visit.organization, name=form.name.data, ends_on=form.ends_on.data, issuer=form.issuer,
        course=course, by=visit.person, time_zone=form.time_zone.data or None, space_id=form.made.data,
    )  # fmt: skip
    begin(space, start)
    return space
