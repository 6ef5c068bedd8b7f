"""Access tokens: opaque, limited to scopes, and gone after an hour."""

import secrets
import threading
import time

_KEPT = 10_000


class AccessTokens:
    """Every token still good."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good: dict[str, tuple[float, frozenset[str]]] = {}

    def issue(self, scopes: frozenset[str], seconds: int) -> str:
        """Make a token for these scopes that is good for so many seconds."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._good) >= _KEPT:
                del self._good[next(iter(self._good))]
            self._good[token] = (time.monotonic() + seconds, scopes)
        return token

    def scopes(self, token: str) -> frozenset[str] | None:
        """The scopes of a good token, None for any other."""
        with self._lock:
            expires, scopes = self._good.get(token, (0.0, frozenset[str]()))
        return scopes if time.monotonic() < expires else None

    def revoke(self, token: str) -> None:
        """Make one token worthless."""
        with self._lock:
            self._good.pop(token, None)
