"""Writing invitations, sending them again and withdrawing them.

Their link is mailed, or shown once to whoever invited, where no mail can go. The two are different links: only whoever
brings the mailed one has proved the address.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, func, select

from lti_tool import clock, jobs
from lti_tool.db import db, new_id
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.limits import count_invitation
from lti_tool.mail import is_mailable, language_here
from lti_tool.people.deeds import person_here
from lti_tool.people.events import SignInAsked
from lti_tool.people.invitations import problems as problems
from lti_tool.people.invitations.kinds import Kind, all_kinds, kind_of
from lti_tool.people.invitations.model import InvitationRow
from lti_tool.people.names import clean_email

SEND = "mail.invitation"
LASTS = timedelta(days=7)
_SHOWN_FOR = timedelta(days=30)
_MOST_WAITING = 50
_NOT_AGAIN_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True)
class Invited:
    """An invitation that was just written: `url` where its link goes by hand, else it is mailed."""

    id: str
    email: str
    expires_at: datetime
    url: str | None


def mailable_address(email: str | None) -> str:
    """Raises `Problem` address_unreadable."""
    address = clean_email(email)
    if address is None or not is_mailable(address):
        raise Problem("address_unreadable")
    return address


def write_invitation(kind: Kind, host_id: str, address: str, *, by_hand: bool, **said: Any) -> Invited:
    """Whoever waits already is invited anew. The host is held. Raises `Problem`."""
    row = _waiting_for(kind, host_id, address)
    if row is None:
        row = kind.model(id=new_id(), **{kind.host_column.key: host_id}, email=address, secret_hash="")
        db.session.add(row)
    for name, value in (said | {"invited_by": person_here()}).items():
        setattr(row, name, value)
    return hand_out(row, by_hand=by_hand)


def hand_out(row: InvitationRow, *, by_hand: bool) -> Invited:
    """From now on its link is good for a week, on this way alone."""
    row.by_hand, row.expires_at = by_hand, clock.now() + LASTS
    row.secret_hash = digest(secret_of(row))
    db.session.flush()
    if not by_hand:
        if wait := count_invitation(row.email):
            raise Problem("invited_often", headers={"Retry-After": str(wait)})
        _mail(row, language_here())
    return Invited(row.id, row.email, row.expires_at, link_of(row) if by_hand else None)


def waiting_at(kind: Kind, host_id: str) -> Sequence[Any]:
    """Those that nobody has accepted, the newest first; they are shown for a while after they ended."""
    lately = kind.model.expires_at > clock.now() - _SHOWN_FOR
    query = select(kind.model).where(kind.waits_at(host_id), lately)
    return db.session.scalars(query.order_by(kind.model.created_at.desc(), kind.model.id)).all()


def invitations_over(model: type[InvitationRow]) -> ColumnElement[bool]:
    """They are shown no more, accepted or not; who was let in by them is in the list of staff."""
    return model.expires_at < clock.now() - _SHOWN_FOR


def held_invitation(kind: Kind, host_id: str, invitation_id: str) -> InvitationRow:
    """Raises `Problem` invitation_unknown."""
    found = select(kind.model).where(kind.model.id == invitation_id, kind.waits_at(host_id)).with_for_update()
    row = db.session.scalar(found)
    if row is None:
        raise Problem("invitation_unknown")
    return row


def mail_invitations_again(asked: SignInAsked) -> None:
    """Whoever is invited and asks for a sign-in link finds the invitation in their mailbox once more."""
    now = clock.now()
    for kind in all_kinds():
        waiting = select(kind.model).where(
            kind.model.email == asked.address, kind.is_open, kind.model.by_hand.is_(False),
            kind.model.expires_at > now, kind.model.sent_at < now - _NOT_AGAIN_WITHIN,
        )  # fmt: skip
        for row in db.session.scalars(waiting.limit(5)):
            _mail(row, asked.language)


def link_of(row: InvitationRow) -> str:
    return f"{current_app.extensions['settings'].public_url}/home/invitations/{secret_of(row)}"


def secret_of(row: InvitationRow) -> str:
    """Made of the id and the installation's own secret, so that it need not be kept; another one for each way."""
    key: str = current_app.extensions["settings"].secrets()[0]
    way = b"hand:" if row.by_hand else b"mail:"
    return hmac.new(key.encode(), b"invitation:" + way + row.id.encode(), hashlib.sha256).hexdigest()


def _mail(row: InvitationRow, language: str | None) -> None:
    """In the language of whoever invites, and once more in that of whoever was invited and asked."""
    said = {"kind": kind_of(row).name, "invitation": row.id, "mail": new_id(), "language": language}
    jobs.enqueue(SEND, said, key=f"{SEND}:{row.id}")


def _waiting_for(kind: Kind, host_id: str, address: str) -> InvitationRow | None:
    here = kind.waits_at(host_id)
    found = db.session.scalar(select(kind.model).where(here, kind.model.email == address).limit(1))
    if found is None:
        waiting = select(func.count()).select_from(kind.model).where(here, kind.model.expires_at > clock.now())
        if (db.session.scalar(waiting) or 0) >= _MOST_WAITING:
            raise Problem("invited_enough")
    return found
