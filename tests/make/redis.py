"""A private Redis: started from the installed program on a free loopback port, stopped by its own process id."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.make.serving import free_port


class NoRedis(RuntimeError):  # noqa: N818 - it reads as a sentence
    """The server program is not installed: apt-get install redis-server."""


@dataclass
class Server:
    """One that a test may stop and start again, on the same port. What it held is gone then, as after a power cut."""

    folder: Path
    port: int = field(default_factory=free_port)
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise NoRedis(NoRedis.__doc__)
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": "", "appendonly": "no"}
        words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen([program, *words], stdout=log, stderr=log, cwd=self.folder)
        self._wait()

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def empty(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def _wait(self) -> None:
        for _ in range(200):
            try:
                with Redis.from_url(self.url) as client:
                    client.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text())


@contextmanager
def private_redis() -> Iterator[Server]:
    """Run a server while the block runs."""
    with tempfile.TemporaryDirectory(prefix="spaces-redis-") as name:
        server = Server(Path(name))
        try:
            server.start()
            yield server
        finally:
            server.stop()
