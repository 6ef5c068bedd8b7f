"""Invitations: whoever holds the URL may connect one LMS with it, once, for some days.

The secret stands in the URL only, its hash in the database. (Requirement: one URL connects an LMS.)
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.digests import digest, fresh_secret
from lti_tool.errors import Problem
from lti_tool.launch.registration import problems as problems
from lti_tool.launch.registration.model import RegistrationInvite
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

DEFAULT_HOURS = 7 * 24
LONGEST_HOURS = 90 * 24
_FORGOTTEN_AFTER = timedelta(days=30)
_SECRET_LENGTH = 43


@dataclass(frozen=True)
class Invited:
    """A fresh invitation. The URL is shown this once: nobody can read it back from the database."""

    url: str
    expires_at: datetime


@dataclass(frozen=True)
class OpenInvite:
    """An invitation that waits for its LMS. `problem` and `said` tell why the last try did not succeed."""

    id: str
    name: str | None
    organization: str | None
    created_at: datetime
    expires_at: datetime
    problem: str | None
    said: str | None


def make_invite(*, name: str | None, organization: str | None, hours: int) -> Invited:
    """Invite one LMS. `name` is what people will call it, `organization` the id of the one that it joins; without one
    it gets its own. Raises `Problem` not_found or bad_request.
    """
    if organization is not None and db.session.get(Organization, organization) is None:
        raise Problem("not_found", to_say("There is no such organization."))
    if not 1 <= hours <= LONGEST_HOURS:
        raise Problem("bad_request", _("An invitation lasts from 1 to %(most)s hours.", most=LONGEST_HOURS))
    _forget_old_ones()
    secret, expires_at = fresh_secret(), clock.now() + timedelta(hours=hours)
    db.session.add(
        RegistrationInvite(
            secret_hash=digest(secret), name=clean_text(name), organization_id=organization, expires_at=expires_at
        )
    )
    db.session.flush()
    return Invited(f"{current_app.extensions['settings'].public_url}/lti/register/{secret}", expires_at)


def open_invites() -> list[OpenInvite]:
    """Those that still wait for an LMS, the oldest first."""
    waiting = (
        select(RegistrationInvite)
        .where(RegistrationInvite.used_at.is_(None), RegistrationInvite.expires_at > clock.now())
        .order_by(RegistrationInvite.created_at, RegistrationInvite.id)
    )
    return [
        OpenInvite(one.id, one.name, one.organization_id, one.created_at, one.expires_at, one.problem, one.problem_said)
        for one in db.session.scalars(waiting)
    ]


def withdraw_invite(invite_id: str) -> None:
    """Its URL leads nowhere from now on. Raises `Problem` not_found, also for one that was used."""
    gone = db.session.execute(
        delete(RegistrationInvite)
        .where(RegistrationInvite.id == invite_id, RegistrationInvite.used_at.is_(None))
        .execution_options(synchronize_session=False)
    )
    if gone.rowcount != 1:  # type: ignore[attr-defined]  # SQLAlchemy's types promise less than a DELETE gives
        raise Problem("not_found", to_say("There is no such invitation, or an LMS has used it."))


def invite_under(secret: str, *, lock: bool = False) -> RegistrationInvite:
    """The invitation with this secret, used or not. Raises `Problem` invite_unknown or invite_expired."""
    if len(secret) != _SECRET_LENGTH:
        raise Problem("invite_unknown")
    query = select(RegistrationInvite).where(RegistrationInvite.secret_hash == digest(secret))
    invite = db.session.scalar(query.with_for_update() if lock else query)
    if invite is None:
        raise Problem("invite_unknown")
    if invite.used_at is None and invite.expires_at <= clock.now():
        raise Problem("invite_expired")
    return invite


def open_invite(secret: str, *, lock: bool = False) -> RegistrationInvite:
    """The invitation with this secret, if it still waits for its LMS. Raises `Problem` invite_…"""
    invite = invite_under(secret, lock=lock)
    if invite.used_at is not None:
        raise Problem("invite_used")
    return invite


def _forget_old_ones() -> None:
    """What nobody used is deleted a month after its end, with the secrets that waited in it."""
    db.session.execute(delete(RegistrationInvite).where(invites_over()).execution_options(synchronize_session=False))


def invites_over() -> ColumnElement[bool]:
    unused = RegistrationInvite.used_at.is_(None)
    return and_(unused, RegistrationInvite.expires_at < clock.now() - _FORGOTTEN_AFTER)
