"""Where the limits count: in this process, or in Redis for all of them together.

Both are storages for Flask-Limiter, which knows them by the beginning of their address. Its own one in memory starts a
thread whenever it counts, to look for what is over; under load each of them waits for its turn, and so does the launch.
"""

import threading
import time
from typing import Any

from limits.storage import RedisStorage, Storage
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from lti_tool.logs import log
from lti_tool.settings import BadSetting, Settings

_OWN, _SHARED = "own", "shared+"
_LOOKED_THROUGH_EVERY = 60.0  # seconds; the longest of our limits is a day
_ANSWERS_WITHIN = 0.5  # seconds: no launch waits for longer to be counted
_LEFT_ALONE = 5.0  # seconds after Redis did not answer


def address_of_counts(settings: Settings) -> str:
    """For Flask-Limiter."""
    return f"{_SHARED}{settings.limits}" if settings.limits else f"{_OWN}://"


class OwnCounts(Storage):
    """In this process. What is over is forgotten while something else is counted."""

    STORAGE_SCHEME = [_OWN]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        self._counts: dict[str, tuple[int, float]] = {}
        self._looked_through, self._one_at_a_time = time.time(), threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with self._one_at_a_time:
            self._forget_what_is_over(now)
            number, ends = self._counts.get(key, (0, 0.0))
            if ends <= now:
                number, ends = 0, now + expiry
            self._counts[key] = (number + amount, ends)
        return number + amount

    def get(self, key: str) -> int:
        number, ends = self._counts.get(key, (0, 0.0))
        return number if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, time.time()))[1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        number = len(self._counts)
        self._counts.clear()
        return number

    def clear(self, key: str) -> None:
        self._counts.pop(key, None)

    def _forget_what_is_over(self, now: float) -> None:
        if now - self._looked_through >= _LOOKED_THROUGH_EVERY:
            self._counts = {key: kept for key, kept in self._counts.items() if kept[1] > now}
            self._looked_through = now


class SharedCounts(Storage):
    """In Redis, and in this process while Redis is away: nobody is refused because nobody counts."""

    STORAGE_SCHEME = [f"{_SHARED}redis", f"{_SHARED}rediss"]

    def __init__(self, uri: str, wrap_exceptions: bool = False, **options: Any) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions, **options)
        within: dict[str, Any] = {
            "socket_connect_timeout": _ANSWERS_WITHIN, "socket_timeout": _ANSWERS_WITHIN,
            "retry": Retry(NoBackoff(), 1),
        }  # fmt: skip
        try:
            self._shared = RedisStorage(uri.removeprefix(_SHARED), key_prefix="spaces", **within)
        except (ValueError, RedisError):  # its own sentence may hold the password
            raise BadSetting("LIMITS_URL cannot be read: redis://user:password@queue.example.org:6379/1 can.") from None
        self._own, self._away_until = OwnCounts(), 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return RedisError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return int(self._ask("incr", key, expiry, amount))

    def get(self, key: str) -> int:
        return int(self._ask("get", key))

    def get_expiry(self, key: str) -> float:
        return float(self._ask("get_expiry", key))

    def check(self) -> bool:
        """Whether Redis answers now."""
        return bool(self._shared.check())

    def reset(self) -> int | None:
        self._own.reset()
        found: int | None = self._ask("reset")
        return found

    def clear(self, key: str) -> None:
        self._ask("clear", key)

    def close(self) -> None:
        self._shared.storage.close()

    def _ask(self, verb: str, *about: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(self._shared, verb)(*about)
            except RedisError as fault:
                self._away_until = time.monotonic() + _LEFT_ALONE
                log.warning("limits_not_shared", fault=type(fault).__name__)
        return getattr(self._own, verb)(*about)
