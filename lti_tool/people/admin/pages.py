"""Signing in and out, the list of administrators, and the audit log."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up
from lti_tool.people.access import Permission, needs
from lti_tool.people.admin.administrators import (
    all_administrators,
    disable_administrator,
    invite_administrator,
    sign_out_everywhere,
)
from lti_tool.people.admin.links import link_stands, use_link
from lti_tool.people.admin.mail import ask_for_mail
from lti_tool.people.admin.model import Administrator
from lti_tool.people.admin.session import admin_or_none, begin_session, current_admin, end_session
from lti_tool.people.audit import audit_page, note, turn_from

HOME = "/admin"


@needs(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """GET /admin/sign-in"""
    if admin_or_none() is not None:
        return redirect(HOME, 303)
    return render_template("admin/sign_in.html", mails=is_mail_set_up())


@needs(Permission.PUBLIC)
def ask() -> str:
    """POST /admin/sign-in: the answer is the same for every address"""
    if not is_mail_set_up():
        raise Problem("not_found")
    with transaction():
        ask_for_mail(request.form.get("email"))
    return render_template("admin/sign_in.html", mails=True, asked=True)


@needs(Permission.PUBLIC)
def link(secret: str) -> str:
    """GET /admin/sign-in/<secret>: a button and nothing else, for mail scanners open links"""
    return render_template("admin/link.html", secret=secret, stands=link_stands(secret))


@needs(Permission.PUBLIC)
def use(secret: str) -> Response:
    """POST /admin/sign-in/<secret>"""
    with transaction():
        administrator = use_link(secret)
        note("administrator.signed_in", actor_kind="administrator", actor=administrator.id, subject=administrator.id)
    begin_session(administrator)
    return redirect(HOME, 303)


@needs(Permission.ADMIN)
def sign_out() -> Response:
    """POST /admin/sign-out, `everywhere` or here"""
    if request.form.get("everywhere"):
        with transaction():
            sign_out_everywhere(current_admin().id)
    end_session()
    return redirect("/admin/sign-in", 303)


@needs(Permission.ADMIN)
def administrators() -> str:
    """GET /admin/administrators"""
    return render_template("admin/administrators.html", administrators=all_administrators(), me=current_admin())


@needs(Permission.ADMIN)
def invite() -> str:
    """POST /admin/administrators: the link is shown this once"""
    with transaction():
        url, expires = invite_administrator(name=request.form.get("name"), email=request.form.get("email"))
    return render_template(
        "admin/administrators.html", administrators=all_administrators(), me=current_admin(), url=url, expires=expires
    )


@needs(Permission.ADMIN)
def disable(administrator_id: str) -> Response:
    """POST /admin/administrators/<administrator_id>/off"""
    with transaction():
        disable_administrator(administrator_id)
    return redirect("/admin/administrators", 303)


@needs(Permission.ADMIN)
def log() -> str:
    """GET /admin/audit?before=&subject="""
    subject = request.args.get("subject")
    page = audit_page(before=turn_from(request.args.get("before")), subject=subject)
    names: dict[str, Administrator] = {one.id: one for one in all_administrators()}
    return render_template("admin/audit.html", page=page, subject=subject, names=names)
