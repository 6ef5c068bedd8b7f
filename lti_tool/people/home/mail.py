"""Links by mail. Whoever asks at the door learns nothing of who is known: the same is written for every address, and
the job finds out later.
"""

import re
from typing import Any

from flask import current_app

from lti_tool import clock, jobs
from lti_tool.db import db, new_id, transaction
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.mail import is_mail_set_up, is_mailable, language_here, send_mail
from lti_tool.outbox import record
from lti_tool.people.events import SignInAsked
from lti_tool.people.home.links import LASTS, has_asked_enough, make_link, may_be_mailed, secret_of
from lti_tool.people.home.model import MailedLink
from lti_tool.people.home.proving import addressee, addressees_of
from lti_tool.people.names import clean_email

SEND = "mail.home"
_OWN_PAGE = re.compile(r"/home(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


def page_at_home(wanted: str | None) -> str | None:
    """The page that somebody wanted before they had to sign in, if it is one of ours."""
    is_ours = wanted is not None and len(wanted) <= 200 and _OWN_PAGE.fullmatch(wanted)
    return wanted if is_ours else None


def ask_to_sign_in(address: str | None, *, wanted: str | None = None) -> None:
    """Write down that somebody asked. What is no address, and what was asked often lately, is passed over."""
    to = clean_email(address)
    if to is not None and is_mailable(to) and may_be_mailed(to):
        _mail("sign_in", to, leads_to=page_at_home(wanted))


def ask_to_prove(address: str | None, *, person_id: str) -> str:
    """A link that makes the address theirs. Answers the address. Raises `Problem`."""
    to = clean_email(address)
    if to is None or not is_mailable(to):
        raise Problem("address_unreadable")
    if not is_mail_set_up():
        raise Problem("mail_not_set_up")
    if has_asked_enough(person_id):
        raise Problem("mailed_enough")
    if may_be_mailed(to):
        _mail("prove", to, person=person_id)
    return to


def send_link(arguments: dict[str, Any]) -> None:
    """A job. Run again it sends the same mail with the same link, while that is good for something."""
    secret, language = secret_of(arguments["mail"]), arguments.get("language")
    with transaction():
        link = db.session.get(MailedLink, digest(secret))
        if link is None or link.used_at is not None or link.expires_at <= clock.now():
            return
        to, purpose = link.address, link.purpose
        if purpose == "sign_in":
            record(SignInAsked(to, language))
            if not addressees_of(to):
                db.session.delete(link)  # nobody's, and we keep no list of strangers
                return
        words = _words(link)
    send_mail(
        f"home_{purpose}", to=to, message_id=f"home.{arguments['mail']}", language=language,
        url=f"{current_app.extensions['settings'].public_url}/home/{purpose.replace('_', '-')}/{secret}",
        minutes=int(LASTS.total_seconds() // 60), **words,
    )  # fmt: skip


def _mail(purpose: str, address: str, *, person: str | None = None, leads_to: str | None = None) -> None:
    mail = new_id()
    make_link(mail, purpose=purpose, address=address, person=person, leads_to=leads_to)
    jobs.enqueue(SEND, {"mail": mail, "language": language_here()})


def _words(link: MailedLink) -> dict[str, str | None]:
    """Who asks to have this address, for whoever reads the mail."""
    asked = addressee(link.person_id)
    return {"asker": asked.name, "school": asked.school} if asked else {}
