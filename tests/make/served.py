"""A campus whose tool runs as it does for real: `lti-tool serve` in processes of its own, on the test's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lti_tool.app import create_app
from lti_tool.sandbox.app import create_sandbox
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.settings import Settings
from tests.make.inside import inside
from tests.make.lms import Campus, connect
from tests.make.programs import running
from tests.make.serving import free_port, serving


@contextmanager
def served_campus(database_url: str, folder: Path, learners: int = 30) -> Iterator[Campus]:
    """`app` is a second look at the same database, with the settings of the first; it serves nothing."""
    port, lms_port = free_port(), free_port()
    url, lms_url = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    settings = Settings(
        data_dir=folder, database_url=database_url, public_url=url, private_hosts=frozenset({"127.0.0.1"}),
        log_level="CRITICAL",
    )  # fmt: skip
    app = create_app(settings)
    sandbox = create_sandbox(SandboxSettings(url=lms_url, tool_url=url, learners=learners))
    same = {"DATABASE_URL": database_url, "PUBLIC_URL": url, "PRIVATE_HOSTS": "127.0.0.1", "LOG_LEVEL": "ERROR"}
    with inside(app), serving(sandbox, lms_port):
        registration, organization = connect(lms_url)
        with running(folder, "serve", "--port", str(port), **same) as command:
            command.wait_until_it_answers(f"{url}/readyz")
            yield Campus(app, url, sandbox.extensions["sandbox"], registration, organization)
            assert command.process.poll() is None, "".join(command.said)
