"""One installation on several machines: web processes behind a balancer, workers, one PostgreSQL, Redis and S3.

Each process is started as an operator does it, in a group and a folder of its own that it shares with nobody, and can
be killed as when its machine dies.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lti_tool.app import create_app
from lti_tool.db import db
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.settings import Settings
from tests.launch.gradebook.moody_lms import Moods
from tests.make.balancer import balancing
from tests.make.lms import Campus, connect
from tests.make.programs import Running, running, spelled
from tests.make.s3 import S3
from tests.make.serving import free_port, serving

LEASE, SWEEP = 2.0, 0.5


@dataclass
class Machines:
    """`school` looks at the same database and tells the same queue, and serves nothing. `kills` is how often somebody
    was killed.
    """

    school: Campus
    moods: Moods
    settings: Settings
    ports: list[int]
    webs: dict[int, Running] = field(default_factory=dict)
    workers: list[Running] = field(default_factory=list)
    kills: int = 0
    _started: int = 0
    _programs: ExitStack = field(default_factory=ExitStack)

    def start_web(self, port: int) -> None:
        words = ("serve", "--port", str(port))
        self.webs[port] = self._start(*words)

    def wait_for_webs(self) -> None:
        for port, web in self.webs.items():
            assert web.wait_until_it_answers(f"http://127.0.0.1:{port}/readyz") == 200

    def start_worker(self) -> None:
        self.workers.append(self._start("work"))

    def kill(self, one: Running) -> None:
        """All of it at once, as when the power fails."""
        assert one.process.poll() is None, "".join(one.said)
        os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()
        self.kills += 1

    @contextmanager
    def first_alone(self) -> Iterator[tuple[Running, Running]]:
        """The first worker, which takes whatever comes, and the second, which sleeps: at the end of the block it wakes,
        the first is killed in the middle of what it does, and a third is started in its place.
        """
        first, second = self.workers
        os.killpg(second.process.pid, signal.SIGSTOP)
        try:
            yield first, second
        finally:
            os.killpg(second.process.pid, signal.SIGCONT)
        self.kill(first)
        self.workers.remove(first)
        self.start_worker()

    def close(self) -> None:
        self._programs.close()

    def _start(self, *words: str) -> Running:
        self._started += 1
        folder = self.settings.data_dir / f"machine {self._started}"
        said = {**spelled(self.settings), "DATA_DIR": str(folder), "LOG_LEVEL": "ERROR"}
        return self._programs.enter_context(running(folder, *words, **said))


@contextmanager
def machines(database_url: str, jobs_url: str, s3: S3, folder: Path, *, learners: int) -> Iterator[Machines]:
    """Two web processes and two workers, and an LMS that knows them as one tool."""
    port, ports, lms_port = free_port(), [free_port(), free_port()], free_port()
    url = f"http://localhost:{port}"
    settings = Settings(
        data_dir=folder, database_url=database_url, jobs_url=jobs_url, files_url=f"s3://{s3.bucket()}/school",
        public_url=url, secret_key="one for all of them",
        private_hosts=frozenset({"127.0.0.1"}), job_lease_seconds=LEASE, job_sweep_seconds=SWEEP, log_level="CRITICAL",
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patched:
        for name, value in s3.environment.items():
            patched.setenv(name, value)
        with _started(settings, port, ports, lms_port, learners) as house:
            yield house


@contextmanager
def _started(settings: Settings, port: int, ports: list[int], lms_port: int, learners: int) -> Iterator[Machines]:
    url, lms_url = settings.public_url, f"http://127.0.0.1:{lms_port}"
    app, moods = create_app(settings), Moods()
    sandbox = create_sandbox(SandboxSettings(url=lms_url, tool_url=url, learners=learners))
    lms = sandbox.extensions["sandbox"]
    with app.app_context(), serving(moods.around(sandbox), lms_port), balancing(port, ports):
        house = Machines(Campus(app, url, lms, *connect(lms_url)), moods, settings, ports)
        try:
            for web in ports:
                house.start_web(web)
            for _ in range(2):
                house.start_worker()
            house.wait_for_webs()
            yield house
        finally:
            house.close()
            app.extensions["jobs"].engine.close()
            db.session.remove()
            db.engine.dispose()
