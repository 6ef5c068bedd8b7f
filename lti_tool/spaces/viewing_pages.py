"""The way into the view of a student, and out of it. At home the session remembers it, in a visit the visit's row."""

from flask import redirect, request, session
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import HOME, page_url
from lti_tool.people.visit import Visit, current_visit
from lti_tool.spaces.viewing import begin_view, end_view

_KEPT = "viewing"


@needs(Permission.SPACE_BUILD)
def view_as() -> ResponseReturnValue:
    """POST /view-as: `as` is preview, or the id of a learner"""
    visit, wanted = current_visit(), request.form.get("as")
    if not wanted:
        raise Problem("bad_request")
    with transaction():
        begin_view(visit, wanted)
    if visit.path == HOME:
        session[_KEPT] = [visit.space, wanted]
    return redirect(page_url("room.home"), 303)


@needs(Permission.SPACE_SEE)
def leave_view() -> ResponseReturnValue:
    """POST /view-as/leave: back to where the view was chosen"""
    visit = current_visit()
    with transaction():
        end_view(visit)
    if visit.path == HOME:
        session.pop(_KEPT, None)
    if visit.viewing and visit.viewing.member:
        return redirect(page_url("room.learner", member_id=visit.viewing.member), 303)
    return redirect(page_url("room.home"), 303)


def chosen_at_home(visit: Visit) -> str | None:
    """As whom whoever is at home looks at the Space that they are in."""
    space, wanted = session.get(_KEPT) or (None, None)
    return str(wanted) if wanted and space == visit.space else None
