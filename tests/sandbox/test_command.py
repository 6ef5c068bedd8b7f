"""The command that newcomers start, and that the sandbox stands on its own."""

import subprocess
import sys

import requests

from tests.make.serving import free_port


def test_the_command_prints_the_address_that_then_answers() -> None:
    port = free_port()
    program = "from lti_tool.sandbox.cli import sandbox; sandbox()"
    arguments = ["--port", str(port), "--tool-url", "http://localhost:8123/", "--learners", "3"]
    process = subprocess.Popen([sys.executable, "-u", "-c", program, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        page = requests.get(f"http://127.0.0.1:{port}/launch/biology/as/helena/menu", timeout=10)
    finally:
        process.terminate()
        process.communicate(timeout=10)
    assert f"http://127.0.0.1:{port}/" in line
    assert 'action="http://localhost:8123/lti/login"' in page.text


def test_the_sandbox_imports_nothing_of_the_tool() -> None:
    program = (
        "import sys, lti_tool.sandbox.cli;"
        "print(*(m for m in sys.modules if m.startswith('lti_tool.') and '.sandbox' not in m))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
