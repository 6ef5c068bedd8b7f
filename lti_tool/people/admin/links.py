"""Links that sign in: random, kept as a hash, valid once and shortly, used by a button only (decision 5)."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.digests import digest, fresh_secret
from lti_tool.errors import Problem
from lti_tool.people.admin.model import Administrator, SignInLink

INVITATION_LASTS = timedelta(hours=24)
ASKED_FOR_LASTS = timedelta(minutes=15)
_MOST_ASKED_FOR = 3
_KEPT = timedelta(days=7)


def make_link(administrator_id: str, *, lasts: timedelta, secret: str | None = None) -> tuple[str, datetime]:
    """A new link: its address, which nothing of ours can say again, and when it expires."""
    secret, expires = secret or fresh_secret(), clock.now() + lasts
    db.session.add(
        SignInLink(secret_hash=digest(secret), administrator_id=administrator_id, expires_at=expires)
    )  # fmt: skip
    return link_address(secret), expires


def link_address(secret: str) -> str:
    return f"{current_app.extensions['settings'].public_url}/admin/sign-in/{secret}"


def link_stands(secret: str) -> bool:
    """Would this link sign somebody in now?"""
    stands = (
        select(SignInLink.secret_hash)
        .join(Administrator, Administrator.id == SignInLink.administrator_id)
        .where(
            SignInLink.secret_hash == digest(secret), SignInLink.used_at.is_(None),
            SignInLink.expires_at > clock.now(), Administrator.disabled_at.is_(None),
        )
    )  # fmt: skip
    return db.session.scalar(stands) is not None


def use_link(secret: str) -> Administrator:
    """Who the link signs in. It counts once. Raises `Problem` sign_in_link_over."""
    now = clock.now()
    used = (
        update(SignInLink)
        .where(SignInLink.secret_hash == digest(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
        .values(used_at=now)
        .returning(SignInLink.administrator_id)
        .execution_options(synchronize_session=False)
    )
    found = db.session.scalar(used)
    administrator = db.session.get(Administrator, found) if found else None
    if administrator is None or administrator.disabled_at is not None:
        raise Problem("sign_in_link_over")
    return administrator


def end_links(administrator_id: str) -> None:
    """Every link that was not used yet is worth nothing from now on."""
    unused = update(SignInLink).where(SignInLink.administrator_id == administrator_id, SignInLink.used_at.is_(None))
    db.session.execute(unused.values(used_at=clock.now()).execution_options(synchronize_session=False))


def may_be_mailed(administrator_id: str) -> bool:
    """A few links in a quarter of an hour, and no more: nobody's mailbox is filled from our page."""
    lately = select(func.count()).where(
        SignInLink.administrator_id == administrator_id, SignInLink.created_at > clock.now() - ASKED_FOR_LASTS
    )
    return (db.session.scalar(lately) or 0) < _MOST_ASKED_FOR


def sweep_links() -> None:
    """Forget links that ended a week ago. Runs on the schedule."""
    old = delete(SignInLink).where(links_over())
    with transaction():
        db.session.execute(old.execution_options(synchronize_session=False))


def links_over() -> ColumnElement[bool]:
    return SignInLink.expires_at < clock.now() - _KEPT
