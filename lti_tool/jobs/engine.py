"""The engine: told an id and a delay, it sees that some worker looks at that row. Huey is the one we use."""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import psycopg
from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from lti_tool.logs import log
from lti_tool.settings import BadSetting, Settings

_ANSWERS_WITHIN = 2.0  # seconds: a page waits for no queue longer than this
_LEFT_ALONE = 5.0  # seconds after a queue did not answer: a page that tells of many jobs waits once, not for each


class Engine(Protocol):
    """One verb, so that a site's own engine can take its place."""

    def tell(self, job_id: str, delay: float) -> None:
        """See that a worker runs `run_job(job_id)` in `delay` seconds or soon after."""


class HueyEngine:
    """Ids in Huey's queue: a file in `data_dir` by default, PostgreSQL or Redis on many machines."""

    def __init__(self, settings: Settings) -> None:
        self.huey = _huey(settings)
        self._look_at: Any = None
        self._prepared, self._preparing = False, threading.Lock()
        self._away_until = 0.0

    def serve(self, look_at: Callable[[str], None]) -> None:
        """Say which function looks at a row; the worker's process does so too."""
        self._look_at = self.huey.task(name="look_at")(look_at)

    def tell(self, job_id: str, delay: float) -> None:
        """A queue that does not answer loses nothing: the sweep finds the row."""
        if self._look_at is None:
            raise RuntimeError("The engine is told of jobs before it knows who looks at them.")
        if time.monotonic() < self._away_until:
            return
        try:
            self.prepare()
            self._look_at.schedule((job_id,), delay=delay) if delay > 0 else self._look_at(job_id)
        except Exception as fault:
            self._away_until = time.monotonic() + _LEFT_ALONE
            log.warning("job_engine_not_told", job=job_id, fault=type(fault).__name__)

    def prepare(self) -> None:
        """Make the queue's tables once they are needed: the tool starts even while the queue is away."""
        with self._preparing:
            if not self._prepared and hasattr(self.huey.storage, "initialize_schema"):
                _make_tables(self.huey.storage)
            self._prepared = True

    def waiting(self) -> int:
        """How many messages nobody has taken yet. Raises whatever its client does while the queue is away."""
        self.prepare()
        number = int(self.huey.pending_count())
        self._away_until = 0.0
        return number

    def close(self) -> None:
        """Let every connection go; the next message makes another."""
        self.huey.storage.close()
        if isinstance(self.huey, RedisHuey):
            self.huey.storage.pool.disconnect()


def _make_tables(storage: Any) -> None:
    """Several processes may start together, and PostgreSQL lets one of them win: the others look again."""
    try:
        storage.initialize_schema()
    except psycopg.errors.IntegrityError:
        storage.initialize_schema()


def _huey(settings: Settings) -> Huey:
    url = settings.jobs_url
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresHuey("spaces", dsn=url, connect_timeout=5, results=False, create_tables=False)
    if url.startswith(("redis://", "rediss://")):
        return _redis(url)
    if url:
        raise BadSetting("JOBS_URL begins with postgresql:// or redis://, or is not set.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("spaces", filename=str(settings.data_dir / "jobs.db"), results=False, create_tables=False)


def _redis(url: str) -> Huey:
    """One new try only: a connection that the server has closed since is made anew, and nobody waits for longer."""
    try:
        pool = ConnectionPool.from_url(
            url, socket_connect_timeout=_ANSWERS_WITHIN, socket_timeout=_ANSWERS_WITHIN, retry=Retry(NoBackoff(), 1)
        )
    except (ValueError, RedisError):  # its own sentence may hold the password
        raise BadSetting("JOBS_URL cannot be read: redis://user:password@queue.example.org:6379/0 can.") from None
    return RedisHuey("spaces", connection_pool=pool, results=False)
