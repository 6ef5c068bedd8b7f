"""Administrators: invited, disabled, and signed out everywhere. Every deed is noted."""

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.admin.links import INVITATION_LASTS, end_links, make_link
from lti_tool.people.admin.model import Administrator
from lti_tool.people.admin.session import admin_or_none
from lti_tool.people.audit import Fact, name_deeds, note
from lti_tool.people.names import clean_email, clean_text
from lti_tool.words import to_say

_NAMELESS = "Administrator"

name_deeds(
    {
        "administrator.invited": to_say("Invited an administrator"),
        "administrator.disabled": to_say("Disabled an administrator"),
        "administrator.signed_in": to_say("Signed in"),
        "administrator.signed_out_everywhere": to_say("Signed out everywhere"),
    }
)


def note_here(
    deed: str, *, subject: str | None = None, organization: str | None = None, facts: dict[str, Fact] | None = None
) -> None:
    """Note a deed of whoever is here: the administrator at the console, else the command line."""
    admin = admin_or_none()
    note(
        deed, actor_kind="administrator" if admin else "command", actor=admin.id if admin else None,
        subject=subject, organization=organization, facts=facts,
    )  # fmt: skip


def invite_administrator(*, name: str | None = None, email: str | None = None) -> tuple[str, datetime]:
    """A link that signs the administrator in, and when it expires. Who has this address, or without one this name, is
    the administrator; else a new one is made. One who was disabled is let in again.
    """
    administrator = _found(name, _address(email)) or _new(name, _address(email))
    administrator.disabled_at = None
    note_here("administrator.invited", subject=administrator.id)
    return make_link(administrator.id, lasts=INVITATION_LASTS)


def disable_administrator(administrator_id: str) -> Administrator:
    """Their sessions end at once and their links no longer work. `administrator_id` may be an address too."""
    administrator = known_administrator(administrator_id)
    if administrator.disabled_at is None:
        administrator.disabled_at = administrator.sessions_from = clock.now()
        end_links(administrator.id)
        note_here("administrator.disabled", subject=administrator.id)
    return administrator


def sign_out_everywhere(administrator_id: str) -> None:
    known_administrator(administrator_id).sessions_from = clock.now()
    note_here("administrator.signed_out_everywhere", subject=administrator_id)


def all_administrators() -> list[Administrator]:
    """The oldest first."""
    return list(db.session.scalars(select(Administrator).order_by(Administrator.created_at, Administrator.id)))


def known_administrator(administrator_id: str) -> Administrator:
    """By id or address. Raises `Problem` administrator_unknown."""
    found = db.session.get(Administrator, administrator_id)
    if found is None:
        found = db.session.scalar(select(Administrator).where(Administrator.email == administrator_id.strip().lower()))
    if found is None:
        raise Problem("administrator_unknown")
    return found


def _found(name: str | None, email: str | None) -> Administrator | None:
    query = select(Administrator).order_by(Administrator.created_at).limit(1)
    if email is not None:
        return db.session.scalar(query.where(Administrator.email == email))
    return db.session.scalar(query.where(Administrator.name == _name(name), Administrator.email.is_(None)))


def _new(name: str | None, email: str | None) -> Administrator:
    administrator = Administrator(name=_name(name), email=email, sessions_from=clock.now())
    db.session.add(administrator)
    db.session.flush()
    return administrator


def _name(name: str | None) -> str:
    return clean_text(name) or _NAMELESS


def _address(email: str | None) -> str | None:
    if not email:
        return None
    address = clean_email(email)
    if address is None:
        raise Problem("bad_request", _("This is no e-mail address."))
    return address
