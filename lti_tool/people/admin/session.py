"""Who administers right now: Flask's own session, for `/admin` alone (decision 5).

It ends after an hour without a request or twelve hours in all, and at once when the administrator is disabled or signs
out everywhere. A change comes from one of our own pages (`Origin`) and carries the session's form token. Nobody frames
these pages.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from lti_tool import clock
from lti_tool.db import db
from lti_tool.digests import fresh_secret, same
from lti_tool.errors import Problem
from lti_tool.people.admin import problems as problems
from lti_tool.people.admin.model import Administrator
from lti_tool.web import allow_framing_by, refuse, wants_json

IDLE = timedelta(minutes=60)
LONGEST = timedelta(hours=12)
_TOUCH_AFTER = 60.0
_SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Admin:
    """Somebody who is signed in at the console."""

    id: str
    name: str


class SignInNeeded(Problem):
    """Nobody is signed in: who looks is led to the sign-in page, who acts is told that nothing was changed."""


def init_admin(app: Flask) -> None:
    app.config |= {
        "SESSION_COOKIE_PATH": "/admin",
        "SESSION_COOKIE_SECURE": True,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }
    app.before_request(_admit)
    app.register_error_handler(SignInNeeded, _lead_to_sign_in)
    app.context_processor(lambda: {"admin": admin_or_none(), "admin_form": AdminForm()})


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
    now = clock.now().timestamp()
    session.clear()
    session.update({"administrator": administrator.id, "since": now, "seen": now, "secret": fresh_secret()})


def end_session() -> None:
    session.clear()
    g.pop("admin", None)


class AdminForm:
    """What the forms under `/admin` carry: `{{ token(admin_form) }}`. Also of those who are not signed in yet."""

    @property
    def form_token(self) -> str:
        secret = session.get("secret")
        if secret is None:
            secret = session["secret"] = fresh_secret()
        return _form_token(secret)


def _form_token(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def _admit() -> None:
    """Before anything under `/admin`: who is here, may the page be framed, does the form come from us?"""
    if not _is_console():
        return
    allow_framing_by(("'none'",))
    g.admin = _signed_in()
    if request.method not in _SAFE:
        _check_form()


def _is_console() -> bool:
    return request.path == "/admin" or request.path.startswith("/admin/")


def _signed_in() -> Admin | None:
    if "since" not in session:
        return None
    begun, seen, now = session["since"], session["seen"], clock.now().timestamp()
    if now - seen > IDLE.total_seconds() or now - begun > LONGEST.total_seconds():
        return None
    row = db.session.get(Administrator, session["administrator"])
    if row is None or row.disabled_at is not None or begun < row.sessions_from.timestamp():
        return None
    if now - seen > _TOUCH_AFTER:
        session["seen"] = now
    return Admin(row.id, row.name)


def _check_form() -> None:
    said = request.form.get("form_token") or request.headers.get("X-Form-Token") or ""
    if request.headers.get("Origin") != current_app.extensions["settings"].origin:
        raise Problem("admin_form_expired", facts={"why": "origin"})
    if not same(_form_token(session.get("secret", fresh_secret())), said):
        raise Problem("admin_form_expired", facts={"why": "token"})
    if any("\x00" in value for value in request.form.values()):
        raise Problem("bad_request", facts={"why": "nul"})


def _lead_to_sign_in(needed: Any) -> ResponseReturnValue:
    if request.method in _SAFE and not wants_json():
        return redirect(url_for("administration.sign_in"), 303)
    return refuse(needed)
