"""Mail: words from `templates/mail/<message>/`, handed to one SMTP server. It leaves from jobs only.

A repeat of a job is the same mail: its Message-ID is made of the job's own arguments (decision 10). A job has no reader
of its own: whoever asks for a mail says in which language.
"""

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from babel import localedata
from flask import Flask, current_app, render_template
from flask_babel import force_locale, get_locale

from lti_tool.jobs import Away
from lti_tool.logs import log
from lti_tool.settings import Settings

_SECONDS = 20


class Mailer(Protocol):
    """Whatever takes a message on its way."""

    def send(self, message: EmailMessage) -> None: ...

    def greet(self) -> None:
        """See whether it would take one now, without sending any."""


class NoMail:
    """Nothing is mailed where no server is named; what would have gone is in the log by its kind alone."""

    def send(self, message: EmailMessage) -> None:
        log.warning("mail_not_set_up", message_id=str(message["Message-ID"]))

    def greet(self) -> None:
        """There is nobody to greet."""


class SmtpMailer:
    """`smtp://[user:word@]host[:port]` or `smtps://…`. A host that PRIVATE_HOSTS names may go without TLS."""

    def __init__(self, url: str, private_hosts: frozenset[str]) -> None:
        parts = urlsplit(url)
        self._host, self._wrapped = parts.hostname or "", parts.scheme == "smtps"
        self._port = parts.port or (465 if self._wrapped else 587)
        self._user, self._word = unquote(parts.username or ""), unquote(parts.password or "")
        self._may_be_plain = not private_hosts.isdisjoint({self._host, f"{self._host}:{self._port}"})

    def send(self, message: EmailMessage) -> None:
        """Raises `smtplib.SMTPException` or `OSError` where it may go better later."""
        with self._let_in() as server:
            try:
                server.send_message(message)
            except smtplib.SMTPRecipientsRefused as refused:
                if any(code < 500 for code, _ in refused.recipients.values()):
                    raise
                log.warning("mail_refused", message_id=str(message["Message-ID"]))

    def greet(self) -> None:
        with self._let_in() as server:
            server.noop()

    @contextmanager
    def _let_in(self) -> Iterator[smtplib.SMTP]:
        with self._connection() as server:
            if self._user:
                server.login(self._user, self._word)
            yield server

    def _connection(self) -> smtplib.SMTP:
        if self._wrapped:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        if not self._may_be_plain:
            try:
                server.starttls(context=ssl.create_default_context())
            except BaseException:
                server.close()
                raise
        return server


def is_mail_set_up() -> bool:
    """Is there a mail server here? Pages offer no mail where there is none."""
    return bool(current_app.extensions["settings"].mail_url)


def init_mail(app: Flask, settings: Settings) -> None:
    url = settings.mail_url
    app.extensions["mailer"] = SmtpMailer(url, settings.private_hosts) if url else NoMail()


def is_mailable(address: str) -> bool:
    """Can a mail be written to it? Platforms assert what no header takes: `a..b@…`, `ü@…` (RFC 5322, 3.4.1)."""
    try:
        return bool(Address(addr_spec=address))
    except (ValueError, MessageError):
        return False


def language_here() -> str:
    """The language of whoever is here and asks for a mail, as a word for the job that writes it."""
    return str(get_locale())


def send_mail(name: str, *, to: str, message_id: str, language: str | None = None, **words: Any) -> None:
    """Send the message `name` to one address, in English unless another `language` is known. `message_id` is the same
    whenever it is the same mail. Raises `Away` where the server does not take it now.
    """
    settings: Settings = current_app.extensions["settings"]
    if not is_mailable(to):
        log.warning("mail_refused", message_id=message_id)
        return
    message = EmailMessage()
    message["From"] = Address("Spaces", addr_spec=settings.contact_email)
    message["To"] = Address(addr_spec=to)
    message["Message-ID"] = f"<{message_id}@{urlsplit(settings.public_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    with force_locale(_offered(language)):
        message["Subject"] = render_template(f"mail/{name}/subject.txt", **words).strip()
        message.set_content(render_template(f"mail/{name}/body.txt", **words))
        message.add_alternative(render_template(f"mail/{name}/body.html", **words), subtype="html")
    mailer: Mailer = current_app.extensions["mailer"]
    try:
        mailer.send(message)
    except (OSError, smtplib.SMTPException) as fault:
        raise Away(f"mail server: {type(fault).__name__}") from fault


def _offered(language: str | None) -> str:
    """That language if we speak it, as it is written in its place if that is known; else the first of ours."""
    offered: Sequence[str] = current_app.extensions["languages"]
    spoken = (language or "").split("_")[0]
    if language is None or spoken not in offered:
        return offered[0]
    return language if localedata.exists(language) else spoken
