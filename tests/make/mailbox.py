"""A real SMTP server in this process that keeps what arrives."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.make.serving import free_port


@dataclass
class Mailbox:
    """What arrived, the oldest first. `answers` are given instead of a yes, one for each mail, while there are any;
    a yes comes `slow` seconds after the mail is kept, so that whoever sent it may be gone by then.
    """

    url: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    slow: float = 0.0

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(bytes(envelope.content or b""), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        await asyncio.sleep(self.slow)
        return "250 OK"

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=True)


def links_in(box: Mailbox, place: str) -> list[str]:
    """What follows `place` in the links of all mails, such as `/home/`."""
    bodies = [mail.get_body(("plain",)) for mail in box.mails]
    return [found for body in bodies if body for found in re.findall(rf"//[^/\s]+{place}(\S+)", body.get_content())]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box, port = Mailbox(), free_port()
    server = Controller(
        box, hostname="127.0.0.1", port=port, authenticator=box.authenticate, auth_require_tls=False
    )  # fmt: skip
    server.start()
    box.url = f"smtp://127.0.0.1:{port}"
    try:
        yield box
    finally:
        server.stop()
