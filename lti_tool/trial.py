"""`lti-tool run`: the tool, its jobs and the sandbox LMS on this machine, connected, for looking around."""

import os
import time
import urllib.request
from pathlib import Path

import click

from lti_tool.app import create_app
from lti_tool.db import transaction
from lti_tool.launch.platforms import PlatformWords, add_platform, registration_for
from lti_tool.people.admin.administrators import invite_administrator
from lti_tool.processes import port_problem, python, run_together
from lti_tool.schema import bring_up_to_date
from lti_tool.settings import Settings

_CLIENT = "spaces-sandbox"
_PATIENCE = 60.0


@click.command()
@click.option("--port", default=8000, show_default=True, help="the tool's port on localhost")
@click.option("--lms-port", default=9000, show_default=True, help="the sandbox LMS's port on 127.0.0.1")
@click.option("--learners", default=1200, show_default=True, help="how many learners the large course has")
def run(port: int, lms_port: int, learners: int) -> None:
    """Start tool and sandbox LMS together, to look around."""
    tool, lms = f"http://localhost:{port}", f"http://127.0.0.1:{lms_port}"
    taken = port_problem("127.0.0.1", port) or port_problem("127.0.0.1", lms_port, "--lms-port")
    if taken:
        raise click.ClickException(taken)
    os.environ["LTI_TOOL_PUBLIC_URL"] = tool
    os.environ["LTI_TOOL_PRIVATE_HOSTS"] = "127.0.0.1"
    os.environ["LTI_TOOL_PRIVATE_BADGE_HOSTS"] = "127.0.0.1"  # a badge server of whoever looks around, if there is one
    settings = Settings()
    administer = _connect(settings, lms)
    commands = [
        python("lti_tool", "serve", "--port", str(port)),
        python("lti_tool", "sandbox", "--port", str(lms_port), "--url", lms, "--tool-url", tool,
               "--client-id", _CLIENT, "--learners", str(learners)),
    ]  # fmt: skip
    slow_from = time.monotonic() + _PATIENCE

    def look() -> bool:
        nonlocal slow_from
        if all(_answers(url) for url in (f"{tool}/healthz", f"{lms}/")):
            click.echo(_welcome(tool, lms, administer, settings.data_dir))
            return True
        if time.monotonic() > slow_from:
            click.echo("The tool does not answer yet; what it said is above. Waiting on; Ctrl-C stops it.", err=True)
            slow_from += _PATIENCE
        return False

    raise SystemExit(run_together(commands, env=os.environ, look=look, patience=40.0))


def _connect(settings: Settings, lms: str) -> str:
    """Bring the schema up to date and register the sandbox, once. Answers a link that signs an administrator in."""
    with create_app(settings).app_context():
        bring_up_to_date()
        if registration_for(lms, _CLIENT) is None:
            words = PlatformWords(
                issuer=lms, client_id=_CLIENT, auth_url=f"{lms}/auth", token_url=f"{lms}/token",
                jwks_url=f"{lms}/jwks.json", deployments=("1",), name="Sandbox LMS",
            )  # fmt: skip
            with transaction():
                add_platform(words)
        with transaction():
            return invite_administrator()[0]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10):  # noqa: S310 - our own address, built above
            return True
    except OSError:
        return False


def _welcome(tool: str, lms: str, administer: str, folder: Path) -> str:
    return f"""
Spaces for the LMS is running.

  Open the sandbox LMS    {lms}/
    choose a course, open it as a teacher and create its Space; then open it as a student
  The tool itself         {tool}/
  Administer it           {administer}
    the link signs you in once; `lti-tool admin invite` prints another one
  Is it healthy?          {tool}/readyz
  In a second terminal    export LTI_TOOL_PUBLIC_URL={tool} LTI_TOOL_PRIVATE_HOSTS=127.0.0.1
    then `lti-tool check`, `certify` and `platform invite` speak of this tool, and may reach the sandbox

Press Ctrl-C to stop. What you do is kept in the folder {folder}/.
"""
