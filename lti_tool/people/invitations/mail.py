"""The mail of an invitation. It leaves from a job; run again it is the same mail with the same link."""

from typing import Any

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.digests import digest
from lti_tool.mail import send_mail
from lti_tool.people.invitations.inviting import link_of, secret_of
from lti_tool.people.invitations.kinds import kind_named
from lti_tool.people.model import Person

_BEFORE_KINDS = "issuer"  # what a job means that was asked for when issuers alone invited


def send_invitation(arguments: dict[str, Any]) -> None:
    """A job. What was accepted, withdrawn, or goes by hand now, is not mailed, nor what is over."""
    kind = kind_named(arguments.get("kind", _BEFORE_KINDS))
    with transaction():
        row = db.session.get(kind.model, arguments["invitation"])
        if row is None or row.by_hand or row.accepted_at is not None or row.withdrawn_at is not None:
            return
        if row.expires_at <= clock.now():
            return
        row.secret_hash, row.sent_at = digest(secret_of(row)), clock.now()
        inviter = db.session.get(Person, row.invited_by) if row.invited_by else None
        host = kind.host(row.host_id)
        words = {
            "url": link_of(row), "host": host.name, "role": row.role, "guest": row.guest,
            "inviter": inviter.name if inviter else None, "expires": row.expires_at, "zone": host.zone,
        }  # fmt: skip
        to = row.email
    send_mail(
        kind.mail, to=to, message_id=f"invitation.{arguments['mail']}", language=arguments.get("language"), **words
    )
