"""The console's pages of issuers: all of them, who works for one, and its first owner."""

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool import clock
from lti_tool.badges.issuers import IssuerFacts, archive_issuer, define_issuer, issuer_facts
from lti_tool.badges.staffing.admin_reads import people_found, schools_with_issuers
from lti_tool.badges.staffing.invitations import (
    invite_again,
    invite_staff,
    waiting_invitations,
    withdraw_invitation,
)
from lti_tool.badges.staffing.roles import ROLES, add_staff, change_role, remove_staff, staff_of
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.invitations.inviting import Invited
from lti_tool.people.model import Organization


@needs(Permission.ADMIN)
def issuers() -> str:
    """GET /admin/issuers"""
    return render_template("badges/staffing/admin_issuers.html", schools=schools_with_issuers())


@needs(Permission.ADMIN)
def create() -> Response:
    """POST /admin/issuers"""
    said = request.form
    with transaction():
        school = db.session.get(Organization, said.get("organization", ""))
        if school is None:
            raise Problem("not_found", _("There is no such organization."))
        made = define_issuer(
            organization=school.id, name=said.get("name", ""), url=said.get("url", ""), email=said.get("email", "")
        )  # fmt: skip
    return _to(made.id)


@needs(Permission.ADMIN)
def issuer(issuer_id: str) -> str:
    """GET /admin/issuers/<issuer_id>?find="""
    return _page(_known(issuer_id))


@needs(Permission.ADMIN)
def give(issuer_id: str) -> Response:
    """POST /admin/issuers/<issuer_id>/staff: a role at once, to somebody of the issuer's school"""
    with transaction():
        add_staff(_known(issuer_id).id, request.form.get("person", ""), request.form.get("role"))
    return _to(issuer_id)


@needs(Permission.ADMIN)
def change(issuer_id: str, person_id: str) -> Response:
    """POST /admin/issuers/<issuer_id>/staff/<person_id>/role; without a role they have none any more"""
    with transaction():
        if request.form.get("role"):
            change_role(issuer_id, person_id, request.form["role"], leaves_owner=False)
        else:
            remove_staff(issuer_id, person_id, leaves_owner=False)
    return _to(issuer_id)


@needs(Permission.ADMIN)
def invite(issuer_id: str) -> str:
    """POST /admin/issuers/<issuer_id>/invitations: where no mail can go, the link is shown this once"""
    with transaction():
        found, said = _known(issuer_id), request.form
        invited = invite_staff(
            issuer_id, email=said.get("email"), role=said.get("role"), name=said.get("name"),
            by_hand=not is_mail_set_up(),
        )  # fmt: skip
    return _page(found, invited)


@needs(Permission.ADMIN)
def again(issuer_id: str, invitation_id: str) -> str:
    """POST /admin/issuers/<issuer_id>/invitations/<invitation_id>/again"""
    with transaction():
        invited = invite_again(issuer_id, invitation_id, by_hand=not is_mail_set_up())
    return _page(_known(issuer_id), invited)


@needs(Permission.ADMIN)
def withdraw(issuer_id: str, invitation_id: str) -> Response:
    """POST /admin/issuers/<issuer_id>/invitations/<invitation_id>/withdrawal"""
    with transaction():
        withdraw_invitation(issuer_id, invitation_id)
    return _to(issuer_id)


@needs(Permission.ADMIN)
def restore(issuer_id: str) -> Response:
    """POST /admin/issuers/<issuer_id>/restoration"""
    with transaction():
        archive_issuer(issuer_id, archived=False)
    return _to(issuer_id)


def _known(issuer_id: str) -> IssuerFacts:
    found = issuer_facts(issuer_id)
    if found is None:
        raise Problem("not_found", _("There is no such issuer."))
    return found


def _page(found: IssuerFacts, invited: Invited | None = None) -> str:
    said = request.args.get("find", "")
    return render_template(
        "badges/staffing/admin_issuer.html", issuer=found, staff=staff_of(found.id), roles=ROLES, invited=invited,
        invitations=waiting_invitations(found.id), now=clock.now(), mails=is_mail_set_up(), said=said,
        people=people_found(found, said),
    )  # fmt: skip


def _to(issuer_id: str) -> Response:
    return redirect(url_for("issuer_console.issuer", issuer_id=issuer_id), 303)
