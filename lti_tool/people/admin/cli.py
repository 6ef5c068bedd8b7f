"""The operator's verbs on administrators: the first one gets in by what is printed here."""

import json

import click
from flask.cli import with_appcontext

from lti_tool import clock
from lti_tool.db import transaction
from lti_tool.people.admin.administrators import all_administrators, disable_administrator, invite_administrator


@click.group()
def admin() -> None:
    """Who may open the administrators' console."""


@admin.command("invite")
@click.option("--name", help="what the others call this administrator")
@click.option("--email", help="an address for sign-in links; an administrator is known by it")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def invite(name: str | None, email: str | None, as_json: bool) -> None:
    """Print a link that signs an administrator in, once, within 24 hours. A new administrator is made where none has
    this address (or, without an address, this name).
    """
    with transaction():
        url, expires = invite_administrator(name=name, email=email)
    if as_json:
        click.echo(json.dumps({"url": url, "expires": clock.iso(expires)}))
    else:
        click.echo(f"{url}\nIt signs in once, until {clock.iso(expires)}. Whoever has it is the administrator.")
        if not email:
            click.echo("No link can be mailed without an address: --email names one.")


@admin.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def list_(as_json: bool) -> None:
    """List the administrators."""
    known = all_administrators()
    if as_json:
        shown = [{"id": one.id, "name": one.name, "email": one.email, "on": one.disabled_at is None} for one in known]
        click.echo(json.dumps(shown))
        return
    for one in known:
        click.echo("  ".join((one.id, "off" if one.disabled_at else "on", one.name, one.email or "(no address)")))
    if not known:
        click.echo("There is no administrator yet: run `lti-tool admin invite`.")


@admin.command("disable")
@click.argument("administrator")
@with_appcontext
def disable(administrator: str) -> None:
    """End an administrator's sessions and links at once, by id or address. Inviting again lets them in again."""
    with transaction():
        found = disable_administrator(administrator)
    click.echo(f"{found.name} is disabled.")
