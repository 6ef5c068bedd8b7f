"""The `lti-tool` command. Each slice owns its verbs; this page gathers them and holds those of the whole house."""

import os
from importlib import import_module
from typing import Any

import click
from flask import current_app
from flask.cli import ScriptInfo, with_appcontext
from pydantic import ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError

from lti_tool import jobs, places
from lti_tool.app import create_app
from lti_tool.doctor import findings
from lti_tool.errors import Problem
from lti_tool.processes import port_problem, python, run_together
from lti_tool.schema import Standing, bring_up_to_date, must_be_served
from lti_tool.settings import BadSetting
from lti_tool.storage import StorageAway

_VERBS = {
    "sandbox": "lti_tool.sandbox.cli:sandbox",  # by name: nothing imports the sandbox
    "platform": "lti_tool.launch.cli:platform",
    "keys": "lti_tool.launch.cli:keys",
    "token": "lti_tool.api.cli:token",
    "admin": "lti_tool.people.admin.cli:admin",
    "organization": "lti_tool.people.cli:organization",
    "issuer": "lti_tool.badges.cli:issuer",
    "certify": "lti_tool.launch.selftest.cli:certify",
    "run": "lti_tool.trial:run",
    "retention": "lti_tool.retention:retention",
    "backup": "lti_tool.safekeeping.cli:backup",
    "restore": "lti_tool.safekeeping.cli:restore",
    "move": "lti_tool.safekeeping.cli:move",
}
_NO_DATABASE = (
    "The database cannot be used: it does not answer, or it has no tables yet. `lti-tool check` says which; "
    "`lti-tool migrate` makes the tables."
)


class Verbs(click.Group):
    """Loads a verb when it is called, and turns refusals into plain sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_VERBS})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS:
            return super().get_command(ctx, name)
        module, _, attribute = _VERBS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            raise click.ClickException(f"{problem.entry.title}. {problem.message}") from None
        except ValidationError as wrong:
            raise click.ClickException(_wrong_settings(wrong)) from None
        except StorageAway as fault:
            raise click.ClickException(f"The files cannot be reached: {fault}. Look at FILES_URL.") from None
        except (BadSetting, OSError) as fault:
            raise click.ClickException(f"The tool cannot start: {fault}") from None
        except (OperationalError, InterfaceError, ProgrammingError):  # away, or without its tables
            raise click.ClickException(_NO_DATABASE) from None


def _wrong_settings(wrong: ValidationError) -> str:
    """Which settings cannot be used, without their values: one of them may be a secret."""
    named = (f"{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}." for one in wrong.errors(include_input=False))
    return "Some settings cannot be used. " + " ".join(named).replace("Value error, ", "")


@click.group(cls=Verbs)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Spaces for the LMS: badges, objectives and leaderboards inside any LTI 1.3 course."""
    ctx.obj = ScriptInfo(create_app=create_app, set_debug_flag=False)


@main.command()
@with_appcontext
def migrate() -> None:
    """Bring the database's schema up to date, while the version before this one goes on serving it."""
    if bring_up_to_date() in (Standing.AHEAD, Standing.BEYOND):
        must_be_served()
        click.echo("Nothing was changed.")
        return
    click.echo("The database is up to date.")


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@with_appcontext
def serve(host: str, port: int) -> None:
    """Serve the tool. Without JOBS_URL its jobs run in a child of this process.

    When the web server or that child dies, both end, so that whoever supervises this process starts them anew.
    """
    taken = port_problem(host, port)
    if taken:
        raise click.ClickException(taken)
    settings = current_app.extensions["settings"]
    if settings.on_sqlite:
        bring_up_to_date()
    must_be_served()
    web = python(
        "gunicorn", "--config", str(places.CONFIG / "gunicorn.conf.py"), "--bind", f"{host}:{port}",
        "lti_tool.app:create_app()",
    )  # fmt: skip
    commands = [web] if settings.jobs_url else [web, python("lti_tool", "work")]
    raise SystemExit(run_together(commands, env=os.environ))


@main.command()
@with_appcontext
def work() -> None:
    """Do the jobs. They are what happens outside a request, such as reading rosters."""
    must_be_served()
    jobs.run_worker(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001


@main.command()
@with_appcontext
def check() -> None:
    """Say in plain words what is wrong with this installation."""
    found = findings()
    for finding in found:
        click.echo(f"{finding.grade:5} {finding.sentence}")
    if any(finding.grade == "wrong" for finding in found):
        raise SystemExit(1)
