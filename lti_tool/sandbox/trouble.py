"""Answers that come in the place of the right ones, or after the platform has acted all the same.

A test appends to `platform.faults.troubles`; the first one that is due at an endpoint decides.
"""

import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from flask import Response

SERVICES = ("token", "roster", "groups", "group_sets", "line_items", "line_item", "scores", "results")


@dataclass
class Trouble:
    """What goes wrong, where and how often.

    `at`: endpoints as `Faults.delays` names them. `first`: only so many requests, None for ever; `share`: only this
    part of them, by a die that begins at `seed`. `acts`: the request is carried out, and then answered so; `seconds`:
    how long that answer takes. `retry_after`: seconds for the header of that name, as a date where `as_date`.
    `reason`: the words after the status, in the place of the usual ones.
    """

    status: int = 503
    at: tuple[str, ...] = SERVICES
    first: int | None = None
    share: float = 1.0
    seed: int = 0
    acts: bool = False
    seconds: float = 0.0
    retry_after: int | None = None
    as_date: bool = False
    reason: str = ""
    body: str = "<html><body><h1>Something went wrong</h1></body></html>"
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._die = random.Random(self.seed)  # noqa: S311 - a test wants the same throws again
        self.struck = 0

    def strikes(self, endpoint: str) -> bool:
        """Whether this request is one of those, counting it."""
        if endpoint not in self.at:
            return False
        with self._lock:
            if self.first is not None and self.struck >= self.first:
                return False
            if self.share < 1.0 and self._die.random() >= self.share:
                return False
            self.struck += 1
            return True

    def answer(self) -> Response:
        """The answer, after its seconds."""
        if self.seconds:
            time.sleep(self.seconds)
        status = f"{self.status} {self.reason}" if self.reason else self.status
        answer = Response(self.body, status=status, content_type=self.content_type)
        answer.headers.extend(self.headers)
        if self.retry_after is not None:
            answer.headers["Retry-After"] = self._retry_after()
        return answer

    def _retry_after(self) -> str:
        """Seconds, or the moment as an HTTP date (RFC 9110, section 10.2.3)."""
        if not self.as_date:
            return str(self.retry_after)
        return format_datetime(datetime.now(UTC) + timedelta(seconds=self.retry_after or 0), usegmt=True)
