"""What the sessions of people who come without an LMS share (decision 5): one lives under `/home`, one under `/admin`.

The session's times and the secret of its forms are inside its cookie, so looking writes nothing. A change comes from
one of our own pages (`Origin`) and carries the session's form token.
"""

import hashlib
import hmac
from datetime import timedelta

from flask import request, session

from lti_tool import clock
from lti_tool.digests import fresh_secret
from lti_tool.people import form_proof

_TOUCH_AFTER = 60.0
_SAFE = {"GET", "HEAD", "OPTIONS"}


def is_under(place: str) -> bool:
    return request.path == place or request.path.startswith(f"{place}/")


def is_look() -> bool:
    return request.method in _SAFE


def begin(**who: str) -> None:
    """Signed in from now on. Whatever the browser had before is forgotten."""
    now = clock.now().timestamp()
    session.clear()
    session.update({**who, "since": now, "seen": now, "secret": fresh_secret()})


def begun_at(*, idle: timedelta, longest: timedelta) -> float | None:
    """When the session here began; None where there is none, or its time is over."""
    if "since" not in session:
        return None
    begun, seen, now = float(session["since"]), float(session["seen"]), clock.now().timestamp()
    if now - seen > idle.total_seconds() or now - begun > longest.total_seconds():
        return None
    if now - seen > _TOUCH_AFTER:
        session["seen"] = now
    return begun


class OwnForm:
    """What the forms carry, also of those who are not signed in yet: `{{ token(home_form) }}`."""

    @property
    def form_token(self) -> str:
        secret = session.get("secret")
        if secret is None:
            secret = session["secret"] = fresh_secret()
        return token_of(secret)


def token_of(secret: str) -> str:
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


def check_form(refusal: str) -> None:
    """Raises `Problem` with the code `refusal` where the form does not come from a page of this session."""
    form_proof.check_form(token_of(session.get("secret", fresh_secret())), refusal)
