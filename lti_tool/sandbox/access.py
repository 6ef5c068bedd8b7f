"""Access tokens: opaque, given to one tool, limited to scopes, and gone after an hour."""

import secrets
import threading
import time
from dataclasses import dataclass

_KEPT = 10_000


@dataclass(frozen=True)
class Grant:
    """What an access token is good for, and whose it is."""

    client_id: str
    scopes: frozenset[str]


class AccessTokens:
    """Every token still good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good: dict[str, tuple[float, Grant]] = {}

    def issue(self, grant: Grant, seconds: int) -> str:
        """Make a token that is good for so many seconds."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._good) >= _KEPT:
                del self._good[next(iter(self._good))]
            self._good[token] = (time.monotonic() + seconds, grant)
        return token

    def grant(self, token: str) -> Grant | None:
        """What a good token is good for, None for any other."""
        with self._lock:
            expires, grant = self._good.get(token, (0.0, None))
        return grant if time.monotonic() < expires else None

    def revoke(self, token: str) -> None:
        """Make one token worthless."""
        with self._lock:
            self._good.pop(token, None)
