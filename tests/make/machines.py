"""One installation on several machines: web processes behind a balancer, workers, one PostgreSQL and one Redis.

Each process is started as an operator does it, in a group of its own, and can be killed as when its machine dies.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lti_tool.app import create_app
from lti_tool.db import db
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.settings import Settings
from tests.launch.gradebook.moody_lms import Moods
from tests.make.balancer import balancing
from tests.make.lms import Campus, connect
from tests.make.programs import Running, running, spelled
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
    _programs: ExitStack = field(default_factory=ExitStack)

    def start_web(self, port: int) -> None:
        words = ("serve", "--port", str(port))
        self.webs[port] = self._programs.enter_context(running(self._folder(), *words, **self._said()))

    def wait_for_webs(self) -> None:
        for port, web in self.webs.items():
            assert web.wait_until_it_answers(f"http://127.0.0.1:{port}/readyz") == 200

    def start_worker(self) -> None:
        self.workers.append(self._programs.enter_context(running(self._folder(), "work", **self._said())))

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

    def _folder(self) -> Path:
        return self.settings.data_dir

    def _said(self) -> dict[str, str]:
        return {**spelled(self.settings), "LOG_LEVEL": "ERROR"}


@contextmanager
def machines(database_url: str, jobs_url: str, folder: Path, *, learners: int) -> Iterator[Machines]:
    """Two web processes and two workers, and an LMS that knows them as one tool."""
    port, ports, lms_port = free_port(), [free_port(), free_port()], free_port()
    url, lms_url = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    settings = Settings(
        data_dir=folder, database_url=database_url, jobs_url=jobs_url, public_url=url, secret_key="one for all of them",
        private_hosts=frozenset({"127.0.0.1"}), job_lease_seconds=LEASE, job_sweep_seconds=SWEEP, log_level="CRITICAL",
    )  # fmt: skip
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
