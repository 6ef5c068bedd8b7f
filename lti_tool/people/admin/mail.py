"""Sign-in links by mail. Whoever asks on the page learns nothing of who is an administrator: the same is written for
every address, and the job finds out later.
"""

import hashlib
import hmac
from typing import Any

from flask import current_app
from sqlalchemy import select

from lti_tool import clock, jobs
from lti_tool.db import db, new_id, transaction
from lti_tool.digests import digest, same
from lti_tool.mail import language_here, send_mail
from lti_tool.people.admin.links import ASKED_FOR_LASTS, link_address, make_link, may_be_mailed
from lti_tool.people.admin.model import Administrator, SignInLink
from lti_tool.people.names import clean_email

SEND = "mail.sign_in"


def ask_for_mail(address: str | None) -> None:
    """Write down that somebody asked. Neither an address nor a secret stands in the job, only what proves them."""
    asked = digest(clean_email(address) or "")
    jobs.enqueue(SEND, {"asked": asked, "mail": new_id(), "language": language_here()}, key=f"{SEND}:{asked}")


def send_sign_in(arguments: dict[str, Any]) -> None:
    """A job. Run again it sends the same mail with the same link, while that is good for something."""
    secret = _secret(arguments["mail"])
    with transaction():
        administrator = _asked(arguments["asked"])
        if administrator is None or not _link_for(administrator, secret):
            return
        to = str(administrator.email)
    send_mail(
        "sign_in", to=to, message_id=f"sign-in.{arguments['mail']}", language=arguments.get("language"),
        url=link_address(secret),
    )  # fmt: skip


def _asked(asked: str) -> Administrator | None:
    """Administrators are few; each address is held against what was asked."""
    query = select(Administrator).where(Administrator.email.is_not(None), Administrator.disabled_at.is_(None))
    return next((one for one in db.session.scalars(query) if same(digest(str(one.email)), asked)), None)


def _link_for(administrator: Administrator, secret: str) -> bool:
    """The link of this mail stands, from now on or from an earlier try; not where enough were mailed lately."""
    earlier = db.session.get(SignInLink, digest(secret))
    if earlier is not None:
        return earlier.used_at is None and earlier.expires_at > clock.now()
    if not may_be_mailed(administrator.id):
        return False
    make_link(administrator.id, lasts=ASKED_FOR_LASTS, secret=secret)
    return True


def _secret(mail: str) -> str:
    """Made of the mail's id and the installation's own secret, so that it need not be kept and is the same again."""
    key: str = current_app.extensions["settings"].secrets()[0]
    return hmac.new(key.encode(), b"sign-in:" + mail.encode(), hashlib.sha256).hexdigest()
