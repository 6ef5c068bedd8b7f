"""Our tool, connected to a platform that nobody here wrote, which runs as a process in an environment of its own."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from flask import Flask

from lti_tool import jobs
from lti_tool.app import create_app
from lti_tool.db import transaction
from lti_tool.launch.platforms import PlatformWords, add_platform
from lti_tool.settings import Settings
from tests.html_guard import guard_html
from tests.judges.foreign_server import CLIENT, DEPLOYMENT
from tests.judges.install import install
from tests.make.inside import inside
from tests.make.lms import Browser, forms
from tests.make.serving import free_port, serving

_HERE = Path(__file__).parent
_PATIENCE = 60.0


@dataclass(frozen=True)
class Land:
    """A platform that runs at `url` and expects the tool on `tool_port` of localhost."""

    url: str
    tool_port: int


@dataclass
class Abroad:
    """The tool at `url`, the foreign platform at `peer`."""

    app: Flask
    url: str
    peer: str

    def open(self, what: str, browser: Browser | None = None) -> tuple[Browser, requests.Response]:
        """Begin at the platform (`link`, `picker` or the number of a picked item) and arrive at the tool."""
        browser = browser or Browser(self.url)
        page = browser.get(f"{self.peer}/begin/{what}")
        [form] = forms(page)
        return browser, browser.post(form.action, form.fields, headers={"Origin": self.peer})

    def do_jobs(self) -> None:
        jobs.drain(self.app)


@contextmanager
def connected(land: Land, database_url: str, folder: Path) -> Iterator[Abroad]:
    """The tool on the port that the platform expects, and connected by the administrator's own action."""
    url, peer = f"http://localhost:{land.tool_port}", land.url
    app = create_app(
        Settings(
            data_dir=folder, database_url=database_url, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
            log_level="CRITICAL",
        )
    )  # fmt: skip
    faults = guard_html(app)
    with inside(app), serving(app, land.tool_port):
        with transaction():
            add_platform(
                PlatformWords(
                    issuer=peer, client_id=CLIENT, auth_url=f"{peer}/auth", token_url=f"{peer}/token",
                    jwks_url=f"{peer}/jwks", deployments=(DEPLOYMENT,), name="Peer",
                )
            )  # fmt: skip
        yield Abroad(app, url, peer)
    assert not faults, "\n".join(faults)


@contextmanager
def running(library: str) -> Iterator[Land]:
    """The platform's process. It keeps nothing of the tool but its address: many databases may follow each other."""
    land = Land(f"http://127.0.0.1:{free_port()}", free_port())
    script = _HERE / f"{library.replace('-', '_')}_run.py"
    command = [str(install(library)), str(script), land.url.rpartition(":")[2], f"http://localhost:{land.tool_port}"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        _wait_for(f"{land.url}/jwks", process)
        yield land
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _wait_for(address: str, process: "subprocess.Popen[str]") -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the peer ended: {process.communicate()[1]}")
        try:
            requests.get(address, timeout=5).raise_for_status()
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(address)
