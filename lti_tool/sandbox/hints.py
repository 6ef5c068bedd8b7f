"""What a launch is about, behind an unguessable hint that works once and soon expires."""

import secrets
import threading
import time
from dataclasses import dataclass

HINT_SECONDS = 300.0
_KEPT = 10_000


@dataclass(frozen=True)
class Intent:
    """Who sends which message to which tool from which link of which course (all by key), in an `iframe` or a `window`.

    `tool` is a client id, `course` is None for the site, `about` a learner, `item` a column of the gradebook.
    """

    course: str | None
    person: str
    placement: str | None
    document_target: str = "iframe"
    message: str = "LtiResourceLinkRequest"
    tool: str | None = None
    about: str | None = None
    item: str | None = None


class Hints:
    """The `lti_message_hint` values that have not been used yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, tuple[float, Intent]] = {}

    def issue(self, intent: Intent) -> str:
        """Keep an intent; the answer needs care when it is put into an address."""
        # Platforms send JSON, signed tokens and worse: whoever decodes twice is found out here.
        hint = f"launch+{secrets.token_urlsafe(18)}%2B&=ü"
        with self._lock:
            while len(self._open) >= _KEPT:
                del self._open[next(iter(self._open))]
            self._open[hint] = (time.monotonic() + HINT_SECONDS, intent)
        return hint

    def take(self, hint: str) -> Intent | None:
        """The intent behind a hint, once; None when unknown, used or too old."""
        with self._lock:
            expires, intent = self._open.pop(hint, (0.0, None))
        return intent if time.monotonic() < expires else None


class Nonces:
    """Nonces already seen: a tool that repeats one is refused."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[str, None] = {}

    def is_new(self, nonce: str) -> bool:
        """Remember a nonce; False when it was seen before."""
        with self._lock:
            if nonce in self._seen:
                return False
            while len(self._seen) >= _KEPT:
                del self._seen[next(iter(self._seen))]
            self._seen[nonce] = None
            return True
