"""Who works for an issuer, for its owners: roles, and invitations that wait for an answer."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.badges.issuers import IssuerFacts
from lti_tool.badges.staffing.authority import Power, ask_issuer, powers_with_issuer
from lti_tool.badges.staffing.invitations import (
    invite_again,
    invite_staff,
    waiting_invitations,
    withdraw_invitation,
)
from lti_tool.badges.staffing.roles import ROLES, change_role, remove_staff, staff_line, staff_of
from lti_tool.db import transaction
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.invitations.inviting import Invited
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def staff(issuer_id: str) -> str:
    """GET /issuers/<issuer_id>/staff"""
    return _page(ask_issuer(issuer_id, Power.OWN))


@needs(Permission.VISIT)
def change(issuer_id: str, person_id: str) -> Response:
    """POST /issuers/<issuer_id>/staff/<person_id>/role"""
    with transaction():
        ask_issuer(issuer_id, Power.OWN)
        change_role(issuer_id, person_id, request.form.get("role"))
    return _after(issuer_id)


@needs(Permission.VISIT)
def remove(issuer_id: str, person_id: str) -> ResponseReturnValue:
    """GET and POST /issuers/<issuer_id>/staff/<person_id>/removal: the GET asks whether it is meant"""
    issuer = ask_issuer(issuer_id, Power.OWN)
    if request.method == "GET":
        line = staff_line(issuer_id, person_id)
        return render_template("badges/staffing/remove.html", issuer=issuer, line=line, me=current_visit().person)
    with transaction():
        ask_issuer(issuer_id, Power.OWN)
        remove_staff(issuer_id, person_id)
    return _after(issuer_id)


@needs(Permission.VISIT)
def invite(issuer_id: str) -> str:
    """POST /issuers/<issuer_id>/staff/invitations: where no mail can go, the link is shown this once"""
    with transaction():
        issuer, said = ask_issuer(issuer_id, Power.OWN), request.form
        invited = invite_staff(
            issuer_id, email=said.get("email"), role=said.get("role"), name=said.get("name"),
            by_hand=not is_mail_set_up(),
        )  # fmt: skip
    return _page(issuer, invited)


@needs(Permission.VISIT)
def again(issuer_id: str, invitation_id: str) -> str:
    """POST /issuers/<issuer_id>/staff/invitations/<invitation_id>/again"""
    with transaction():
        issuer = ask_issuer(issuer_id, Power.OWN)
        invited = invite_again(issuer_id, invitation_id, by_hand=not is_mail_set_up())
    return _page(issuer, invited)


@needs(Permission.VISIT)
def withdraw(issuer_id: str, invitation_id: str) -> Response:
    """POST /issuers/<issuer_id>/staff/invitations/<invitation_id>/withdrawal"""
    with transaction():
        ask_issuer(issuer_id, Power.OWN)
        withdraw_invitation(issuer_id, invitation_id)
    return _after(issuer_id)


def _page(issuer: IssuerFacts, invited: Invited | None = None) -> str:
    visit = current_visit()
    return render_template(
        "badges/staffing/staff.html", issuer=issuer, powers=powers_with_issuer(visit, issuer.id),
        tab="staffing.staff", staff=staff_of(issuer.id), invitations=waiting_invitations(issuer.id), roles=ROLES,
        me=visit.person, invited=invited, now=clock.now(), mails=is_mail_set_up(),
    )  # fmt: skip


def _after(issuer_id: str) -> Response:
    """Back to the list; an owner who has just stepped back sees the issuer itself."""
    owns = Power.OWN in powers_with_issuer(current_visit(), issuer_id)
    if owns:
        return redirect(page_url("staffing.staff", issuer_id=issuer_id), 303)
    return redirect(page_url("workshop.issuers"), 303)
