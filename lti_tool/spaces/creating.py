"""The Space of a course in one click, wherever that is offered: the start page, and the picker of a link."""

from lti_tool import clock
from lti_tool.people.visit import Visit
from lti_tool.spaces.forms import SpaceForm
from lti_tool.spaces.space import create_space, suggested_end


def filled_form(visit: Visit) -> SpaceForm:
    """Both fields come filled in."""
    form = SpaceForm(formdata=None)
    if visit.course is not None:
        form.name.data = visit.course.title
        form.ends_on.data = suggested_end(visit.course.ends_on, clock.now().date())
    return form


def create_from(form: SpaceForm, visit: Visit) -> None:
    """The Space that the form describes, for the course of this visit. Inside a transaction."""
    create_space(
        organization=visit.organization, name=form.name.data, ends_on=form.ends_on.data,
        course=visit.course.ref if visit.course else None, by=visit.person,
    )  # fmt: skip
