"""Mailed links: random, kept as a hash, valid once and shortly, used by a button only (decision 5)."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import ColumnElement, Select, delete, func, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.people.home.model import MailedLink

LASTS = timedelta(minutes=30)
_MOST_TO_ONE_ADDRESS = 3
_MOST_FOR_ONE_PERSON = 5
_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Link:
    """A link that stands: the address it was mailed to, who asked for it from inside, and where it leads."""

    address: str
    person: str | None
    leads_to: str | None


def secret_of(mail: str) -> str:
    """Made of the mail's id and the installation's own secret, so that it need not be kept and is the same again."""
    key: str = current_app.extensions["settings"].secrets()[0]
    return hmac.new(key.encode(), b"home:" + mail.encode(), hashlib.sha256).hexdigest()


def make_link(
    mail: str, *, purpose: str, address: str, person: str | None = None, leads_to: str | None = None
) -> str:  # fmt: skip
    """A new link for this mail. Answers its secret, which nothing in the database can say again."""
    secret = secret_of(mail)
    db.session.add(
        MailedLink(
            secret_hash=digest(secret), purpose=purpose, address=address, person_id=person, leads_to=leads_to,
            expires_at=clock.now() + LASTS,
        )
    )  # fmt: skip
    return secret


def standing_link(secret: str, purpose: str) -> Link | None:
    """What the link would do now; None when it is used, over or unknown."""
    row = db.session.scalar(_standing(secret, purpose))
    return Link(row.address, row.person_id, row.leads_to) if row else None


def use_link(secret: str, purpose: str) -> Link:
    """It counts once. Raises `Problem` home_link_over."""
    row = db.session.scalar(_standing(secret, purpose))
    used = (
        update(MailedLink)
        .where(MailedLink.secret_hash == digest(secret), MailedLink.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(MailedLink.secret_hash)
        .execution_options(synchronize_session=False)
    )
    if row is None or db.session.scalar(used) is None:
        raise Problem("home_link_over")
    return Link(row.address, row.person_id, row.leads_to)


def _standing(secret: str, purpose: str) -> Select[MailedLink]:
    return select(MailedLink).where(
        MailedLink.secret_hash == digest(secret), MailedLink.purpose == purpose, MailedLink.used_at.is_(None),
        MailedLink.expires_at > clock.now(),
    )  # fmt: skip


def may_be_mailed(address: str) -> bool:
    """A few links in half an hour, and no more: nobody's mailbox is filled from our pages."""
    lately = select(func.count()).where(
        MailedLink.address == address, MailedLink.created_at > clock.now() - LASTS
    )  # fmt: skip
    return (db.session.scalar(lately) or 0) < _MOST_TO_ONE_ADDRESS


def has_asked_enough(person_id: str) -> bool:
    """One person does not send our mails to many strangers."""
    lately = select(func.count()).where(
        MailedLink.created_at > clock.now() - LASTS, MailedLink.person_id == person_id
    )  # fmt: skip
    return (db.session.scalar(lately) or 0) >= _MOST_FOR_ONE_PERSON


def sweep_mailed_links() -> None:
    """Forget links that ended a week ago. Runs on the schedule."""
    old = delete(MailedLink).where(mailed_links_over())
    with transaction():
        db.session.execute(old.execution_options(synchronize_session=False))


def mailed_links_over() -> ColumnElement[bool]:
    return MailedLink.expires_at < clock.now() - _KEPT
