"""The staff of a Space: who runs it, and invitations that wait for an answer. Teachers say who joins (SP-20)."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.invitations.inviting import Invited
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.staffing.invitations import (
    invite_again,
    invite_to_space,
    waiting_invitations,
    withdraw_invitation,
)
from lti_tool.spaces.staffing.reads import staff_line, staff_of
from lti_tool.spaces.staffing.roles import ROLES, change_role, remove_staff

_INLINE = {"address_unreadable", "invited_enough", "invited_often"}


@needs(Permission.SPACE_RUN)
def staff() -> str:
    """GET /staff"""
    return _page()


@needs(Permission.SPACE_LEAD)
def invite() -> ResponseReturnValue:
    """POST /staff/invitations: where no mail can go, the link is shown this once"""
    said = request.form
    try:
        with transaction():
            invited = invite_to_space(
                space_here().id, email=said.get("email"), role=said.get("role", "teacher"),
                given_name=said.get("given_name"), family_name=said.get("family_name"), by_hand=not is_mail_set_up(),
            )  # fmt: skip
    except Problem as refused:
        if refused.code not in _INLINE:
            raise
        return _page(refused=refused), refused.status
    return _page(invited)


@needs(Permission.SPACE_LEAD)
def again(invitation_id: str) -> str:
    """POST /staff/invitations/<invitation_id>/again"""
    with transaction():
        invited = invite_again(space_here().id, invitation_id, by_hand=not is_mail_set_up())
    return _page(invited)


@needs(Permission.SPACE_LEAD)
def withdraw(invitation_id: str) -> Response:
    """POST /staff/invitations/<invitation_id>/withdrawal"""
    with transaction():
        withdraw_invitation(space_here().id, invitation_id)
    return redirect(page_url("room.staff"), 303)


@needs(Permission.SPACE_LEAD)
def change(person_id: str) -> Response:
    """POST /staff/<person_id>/role"""
    with transaction():
        change_role(space_here().id, person_id, request.form.get("role"))
    return _after(person_id, "assistant" if request.form.get("role") == "assistant" else "teacher")


@needs(Permission.SPACE_LEAD)
def remove(person_id: str) -> ResponseReturnValue:
    """GET and POST /staff/<person_id>/removal: the GET asks whether it is meant"""
    space = space_here()
    if request.method == "GET":
        line = staff_line(space.id, person_id)
        if line is None:
            raise Problem("space_staff_unknown")
        return render_template("spaces/staff/remove.html", space=space, line=line, me=current_visit().person)
    with transaction():
        remove_staff(space.id, person_id)
    return _after(person_id, None)


def _page(invited: Invited | None = None, refused: Problem | None = None) -> str:
    space, visit = space_here(), current_visit()
    return render_template(
        "spaces/staff/list.html", space=space, staff=staff_of(space.id), roles=ROLES, me=visit.person,
        invited=invited, refused=refused, typed=request.form, now=clock.now(), mails=is_mail_set_up(),
        invitations=waiting_invitations(space.id), leads=may(visit, Permission.SPACE_LEAD),
    )  # fmt: skip


def _after(person_id: str, role: str | None) -> Response:
    """Back to the list; whoever has just stepped back sees what they still may see."""
    mine = person_id == current_visit().person
    if mine and role is None and current_visit().course is None:
        return redirect("/home/spaces", 303)
    return redirect(page_url("room.staff" if role or not mine else "room.home"), 303)
