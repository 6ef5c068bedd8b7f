"""The first page of a visit answers one question: learners what comes next, staff who is waiting for them."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Role, Visit, current_visit
from lti_tool.spaces.creating import create_from, filled_form
from lti_tool.spaces.forms import SpaceForm
from lti_tool.spaces.here import space_here
from lti_tool.spaces.members import member_of
from lti_tool.spaces.objective_reads import objective_lines, own_awards, own_objectives
from lti_tool.spaces.overview import completed_lately, figures


@needs(Permission.VISIT)
def home() -> ResponseReturnValue:
    """GET /"""
    visit = current_visit()
    if may(visit, Permission.SPACE_RUN):
        return _overview()
    if may(visit, Permission.SPACE_BUILD):
        return _workbench()
    if may(visit, Permission.SPACE_SEE):
        return _own_progress(visit)
    if may(visit, Permission.SPACE_CREATE):
        return _offer_to_create(visit)
    if may(visit, Permission.SPACE_FOLLOW):
        return redirect(url_for("room.following"), 303)
    return render_template("spaces/home_waiting.html", why=_why_nothing(visit), visit=visit)


@needs(Permission.SPACE_CREATE)
def create() -> ResponseReturnValue:
    """POST /space: one click, since both fields come filled in"""
    visit, form = current_visit(), SpaceForm()
    if not form.validate_on_submit():
        return render_template("spaces/create.html", form=form), 422
    with transaction():
        create_from(form, visit)
    return redirect(url_for("room.home", created=1), 303)


@needs(Permission.SPACE_SEE)
def my_awards() -> ResponseReturnValue:
    """GET /awards"""
    return render_template("spaces/my_awards.html", space=space_here(), awards=own_awards(current_visit().person))


def _overview() -> str:
    space = space_here()
    lines = objective_lines(space.id)
    return render_template(
        "spaces/home_staff.html", space=space, objectives=lines, figures=figures(space.id, len(lines)),
        lately=completed_lately(space.id),
    )  # fmt: skip


def _workbench() -> str:
    """For a designer of the course: the objectives, and how many they are for."""
    space = space_here()
    lines = objective_lines(space.id)
    return render_template(
        "spaces/home_designer.html", space=space, objectives=lines, figures=figures(space.id, len(lines))
    )


def _own_progress(visit: Visit) -> str:
    space = space_here()
    me = member_of(space.id, visit.person)
    return render_template(
        "spaces/home_learner.html", space=space, me=me, objectives=own_objectives(space.id, me.id if me else None)
    )


def _offer_to_create(visit: Visit) -> str:
    return render_template("spaces/create.html", form=filled_form(visit))


def _why_nothing(visit: Visit) -> str:
    """Which of the pages that help somebody who cannot go on here."""
    if visit.course is None:
        return "no_course"
    match visit.role:
        case Role.STAFF:  # a teacher and a designer are offered to create it
            return "assistant"
        case Role.MEMBER:
            return "not_ready"
        case Role.OBSERVER:
            return "observer"
        case Role.SUPPORT:
            return "support"
        case _:
            return "no_role"
