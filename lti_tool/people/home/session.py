"""Who is at home right now: Flask's own session under `/home`, apart from the one of `/admin` (decision 5).

It lasts as long as a visit would, and ends at once when the person is disabled or signs out everywhere. While it lasts,
whoever is here is in a `Visit` without a course, so that the workshop's pages are the same here and in the LMS. Nobody
frames these pages.
"""

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, has_request_context, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people import own_session
from lti_tool.people.addresses import HOME
from lti_tool.people.home.problems import AT_HOME
from lti_tool.people.model import Person
from lti_tool.people.visit import Role, Visit, enter, visit_or_none
from lti_tool.web import allow_framing_by, refuse, speak_here, wants_json


class HomeSignInNeeded(Problem):
    """Nobody is signed in: who looks is led to the sign-in page, who acts is told that nothing was changed."""


def init_home(app: Flask) -> None:
    app.before_request(_admit)
    app.register_error_handler(HomeSignInNeeded, _lead_to_sign_in)
    app.context_processor(lambda: {"at_home": is_home(), "home_form": own_session.OwnForm()})


def is_home() -> bool:
    return has_request_context() and own_session.is_under(HOME)


def ask_for_somebody() -> None:
    """Raises `HomeSignInNeeded` where a page of `/home` is asked for and nobody is signed in."""
    if visit_or_none() is None and is_home():
        raise HomeSignInNeeded("home_sign_in_needed")


def begin_home(person_id: str, *, by: str = "") -> None:
    """This browser is the person's from now on; `by` is the address of the link that signed them in, and nothing for an
    invitation. Whatever it had before is forgotten.
    """
    own_session.begin(person=person_id, by=by)


def came_by() -> str:
    """The address of the link that signed in whoever is here; nothing where it was an invitation."""
    return str(session.get("by", ""))


def end_home() -> None:
    session.clear()
    g.pop("visit", None)


def end_homes_of(person_id: str) -> None:
    """Every session of this person at home has ended, in whichever browser."""
    everywhere = update(Person).where(Person.id == person_id).values(sessions_from=clock.now())
    db.session.execute(everywhere.execution_options(synchronize_session=False))


def _admit() -> None:
    """Before anything under `/home`: who is here, may the page be framed, does the form come from us?"""
    if not is_home():
        return
    allow_framing_by(("'none'",))
    speak_here(AT_HOME)
    g.pop("visit", None)  # nobody is here whom this very request does not prove
    person = _signed_in()
    if person is not None:
        enter(_visit(person))
    if not own_session.is_look():
        own_session.check_form("home_form_expired")


def _signed_in() -> Person | None:
    settings = current_app.extensions["settings"]
    idle, longest = timedelta(minutes=settings.visit_idle_minutes), timedelta(hours=settings.visit_hours)
    begun = own_session.begun_at(idle=idle, longest=longest)
    if begun is None:
        return None
    row = db.session.get(Person, session["person"])
    if row is None or row.disabled_at is not None:
        return None
    return None if row.sessions_from and begun < row.sessions_from.timestamp() else row


def _visit(person: Person) -> Visit:
    return Visit(
        id="home", path=HOME, form_token=own_session.OwnForm().form_token, person=person.id,
        person_name=person.name, organization=person.organization_id, role=Role.GUEST, locale=str(get_locale()),
        theme=person.theme,
    )  # fmt: skip


def _lead_to_sign_in(needed: Any) -> ResponseReturnValue:
    """Whoever followed a link to a page comes to it after signing in."""
    if own_session.is_look() and not wants_json():
        wanted = request.path if request.path != HOME else None
        return redirect(url_for("at_home.sign_in", to=wanted), 303)
    return refuse(needed)
