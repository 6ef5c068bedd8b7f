"""The wheel is the whole tool: installed in an empty folder it serves its pages, and uses nothing of the checkout."""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from lti_tool.places import PACKAGE
from tests.html_guard import page_faults
from tests.make.programs import wait_until
from tests.make.serving import free_port

ROOT = PACKAGE.parent

# Put before everything else on the path of every process of the installed tool: it notes what they open here.
WATCH = f"""
import os, sys
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        path = os.path.realpath(arguments[0])
        if path.startswith({str(ROOT) + os.sep!r}) and not path.startswith({os.path.realpath(sys.prefix) + os.sep!r}):
            with_flags = os.open(os.environ["WATCHED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(with_flags, (path + "\\n").encode())
            os.close(with_flags)
sys.addaudithook(note)
"""


@dataclass(frozen=True)
class Installed:
    """The tool as a stranger has it: a wheel in a virtual environment beside an empty folder."""

    programs: Path
    home: Path
    env: dict[str, str]

    def run(self, *words: str) -> str:
        done = subprocess.run(
            [self.programs / words[0], *words[1:]], env=self.env, cwd=self.home, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built as `make wheel` builds it, elsewhere."""
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, cwd=folder)
    assert built.returncode == 0, built.stdout + built.stderr
    [found] = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh environment with the wheel; of this one it borrows the libraries, which brings no editable install."""
    folder = tmp_path_factory.mktemp("elsewhere")
    place, home, watch = folder / "venv", folder / "home", folder / "watch"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True, timeout=60)
    words = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", place / "bin/python", *words], check=True, timeout=120)
    home.mkdir()
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(WATCH)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("LTI_TOOL_", "PYTHON"))}
    env = {**inherited, "WATCHED": str(folder / "opened"), "LTI_TOOL_WEB_THREADS": "2", "PYTHONUNBUFFERED": "1",
           "PYTHONPATH": os.pathsep.join([str(watch), sysconfig.get_path("purelib")])}  # fmt: skip
    return Installed(place / "bin", home, env)


@pytest.fixture(scope="module")
def served(installed: Installed) -> Iterator[str]:
    """`lti-tool serve` in the empty folder, from its start to its end."""
    url = f"http://127.0.0.1:{free_port()}"
    server = subprocess.Popen(
        [installed.programs / "lti-tool", "serve", "--port", url.rpartition(":")[2]], env=installed.env,
        cwd=installed.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        wait_until(lambda: answers(f"{url}/healthz"), patience=60)
        yield url
    finally:
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=60)
    assert (server.returncode, "Traceback" in said) == (0, False), said


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        return False


def test_the_wheel_carries_every_file_of_the_tool(wheel: Path) -> None:
    carried = set(zipfile.ZipFile(wheel).namelist())
    ours = [path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    words = [path for name in ("templates", "config") for path in (ROOT / name).rglob("*") if path.is_file()]

    assert {str(path.relative_to(ROOT)) for path in ours} - carried == set()
    assert {
        f"lti_tool/_wheel/{path.relative_to(ROOT)}" for path in words if "__pycache__" not in path.parts
    } - carried == set()
    assert any(name.startswith("lti_tool/static/vendor/") for name in carried)
    assert not any(name.startswith("tests/") for name in carried)


def test_the_installed_tool_serves_a_page_with_its_style(served: str) -> None:
    page = requests.get(f"{served}/", timeout=20)
    styles = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    answered = [requests.get(f"{served}{style}", timeout=20) for style in styles]

    assert (page.status_code, page_faults(page.text)) == (200, [])
    assert len(styles) >= 2
    for answer in answered:
        assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (200, "text/css")
        assert len(answer.content) > 500


def test_the_installed_tool_is_ready_and_publishes_the_keys_of_a_platform(installed: Installed, served: str) -> None:
    at = "https://lms.example"
    added = json.loads(
        installed.run(
            "lti-tool", "platform", "add", "--issuer", at, "--client-id", "1", "--auth-url", f"{at}/auth",
            "--token-url", f"{at}/token", "--jwks-url", f"{at}/jwks", "--json",
        )
    )  # fmt: skip

    assert set(added) == {"id", "organization", "issuer"}
    assert requests.get(f"{served}/readyz", timeout=20).json() == {"status": "ok", "jobs": "ok", "files": "ok"}
    assert len(requests.get(f"{served}/lti/jwks.json", timeout=20).json()["keys"]) == 1
    assert sorted(path.name for path in installed.home.iterdir()) == ["var"]


def test_nothing_of_the_checkout_is_opened(installed: Installed, served: str) -> None:
    requests.get(f"{served}/nowhere", timeout=20)
    said = installed.run("python", "-c", "from lti_tool import places as p; print(p.PACKAGE, p.TEMPLATES, p.CONFIG)")

    assert [place for place in said.split() if not Path(place).is_relative_to(installed.programs.parent)] == []
    assert opened(installed) == []
    installed.run("python", "-c", f"open({str(ROOT / 'pyproject.toml')!r}).close()")  # the watch does see it
    assert opened(installed) == [str(ROOT / "pyproject.toml")]


def opened(installed: Installed) -> list[str]:
    noted = Path(installed.env["WATCHED"])
    return noted.read_text().splitlines() if noted.exists() else []
