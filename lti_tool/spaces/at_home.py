"""Rooms without an LMS: a Space's pages under `/home/spaces/<space>`, for whoever has a place in it (decision 7)."""

from dataclasses import replace

from flask import Flask, request

from lti_tool.badges.staffing.authority import role_in_issuer
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.addresses import HOME_NAME, ROOMS
from lti_tool.people.visit import Role, Visit, enter, visit_or_none
from lti_tool.spaces.members import member_of
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import ask_for_spaces
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.viewing import as_student, check_view
from lti_tool.spaces.viewing_pages import chosen_at_home

_AT_HOME = HOME_NAME.format(ROOMS[:-1])


def init_rooms_at_home(app: Flask) -> None:
    app.before_request(_ask_for_spaces)
    app.before_request(_step_in)


def _ask_for_spaces() -> None:
    """No room opens, in a visit or at home, where the organization has Spaces switched off (SP-02)."""
    visit = visit_or_none()
    if visit is not None and request.blueprint in (ROOMS[:-1], _AT_HOME):
        ask_for_spaces(visit.organization)


def _step_in() -> None:
    """Before a page of a Space at home: what is whoever is here in this Space? Anybody else finds nothing there."""
    if request.blueprint != _AT_HOME:
        return
    space_id = str((request.view_args or {}).pop("space_id"))
    visit = visit_or_none()
    if visit is not None:  # the page itself leads to the sign-in page
        visit = _inside(visit, space_id)
        visit = as_student(visit, chosen_at_home(visit))
        enter(visit)
        check_view(visit)


def _inside(visit: Visit, space_id: str) -> Visit:
    space = db.session.get(Space, space_id)
    if space is None or space.organization_id != visit.organization:
        raise Problem("not_found")
    staff = db.session.get(SpaceStaff, (space_id, visit.person))
    if staff is not None:
        return replace(visit, space=space_id, role=Role.STAFF, assistant=staff.role == "assistant")
    if role_in_issuer(space.issuer_id, visit.person) in ("owner", "editor"):
        return replace(visit, space=space_id, role=Role.STAFF)
    member = member_of(space_id, visit.person)
    if member is not None and (member.role, member.status) == ("member", "active"):
        return replace(visit, space=space_id, role=Role.MEMBER)
    raise Problem("not_found")
