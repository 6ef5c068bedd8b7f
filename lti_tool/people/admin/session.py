"""Who administers right now: Flask's own session, for `/admin` alone (decision 5).

It ends after an hour without a request or twelve hours in all, and at once when the administrator is disabled or signs
out everywhere. Nobody frames these pages.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, g, has_request_context, redirect, session, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people import own_session
from lti_tool.people.admin import problems as problems
from lti_tool.people.admin.model import Administrator
from lti_tool.web import allow_framing_by, refuse, wants_json

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)


@dataclass(frozen=True)
class Admin:
    """Somebody who is signed in at the console."""

    id: str
    name: str


class SignInNeeded(Problem):
    """Nobody is signed in: who looks is led to the sign-in page, who acts is told that nothing was changed."""


def init_admin(app: Flask) -> None:
    app.config |= {
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    app.before_request(_admit)
    app.register_error_handler(SignInNeeded, _lead_to_sign_in)
    app.context_processor(lambda: {"admin": admin_or_none(), "admin_form": own_session.OwnForm()})


def current_admin() -> Admin:
    """Who is here, on a page that asked for an administrator."""
    admin: Admin = g.admin
    return admin


def admin_or_none() -> Admin | None:
    """Outside the console, and on the command line, it is nobody."""
    admin: Admin | None = g.get("admin") if has_request_context() and _is_console() else None
    return admin


def ask_for_administrator() -> None:
    """Raises `SignInNeeded` where nobody is signed in."""
    if admin_or_none() is None:
        raise SignInNeeded("sign_in_needed")


def begin_session(administrator: Administrator) -> None:
    """Signed in from now on. Whatever the browser had before is forgotten."""
    own_session.begin(administrator=administrator.id)


def end_session() -> None:
    session.clear()
    g.pop("admin", None)


def _admit() -> None:
    """Before anything under `/admin`: who is here, may the page be framed, does the form come from us?"""
    if not _is_console():
        return
    allow_framing_by(("'none'",))
    g.admin = _signed_in()
    if not own_session.is_look():
        own_session.check_form("admin_form_expired")


def _is_console() -> bool:
    return own_session.is_under("/admin")


def _signed_in() -> Admin | None:
    begun = own_session.begun_at(idle=IDLE, longest=LONGEST)
    if begun is None:
        return None
    row = db.session.get(Administrator, session["administrator"])
    if row is None or row.disabled_at is not None or begun < row.sessions_from.timestamp():
        return None
    return Admin(row.id, row.name)


def _lead_to_sign_in(needed: Any) -> ResponseReturnValue:
    if own_session.is_look() and not wants_json():
        return redirect(url_for("administration.sign_in"), 303)
    return refuse(needed)
