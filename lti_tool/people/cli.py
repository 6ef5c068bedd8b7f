"""The operator's verbs on organizations."""

import click
from flask.cli import with_appcontext

from lti_tool.db import transaction
from lti_tool.people.organizations import SWITCHES, all_organizations, rename_organization, switch


@click.group()
def organization() -> None:
    """The schools and universities of this installation."""


@organization.command("list")
@with_appcontext
def list_() -> None:
    """List the organizations."""
    for one in all_organizations():
        click.echo(f"{one.id}  {one.name}")


@organization.command("rename")
@click.argument("organization_id")
@click.argument("name")
@with_appcontext
def rename(organization_id: str, name: str) -> None:
    """Give an organization another name."""
    with transaction():
        renamed = rename_organization(organization_id, name=name)
    click.echo(f"It is called {renamed.name} now.")


@organization.command("switch")
@click.argument("organization_id")
@click.argument("feature", type=click.Choice([*SWITCHES]))
@click.argument("state", type=click.Choice(["on", "off"]))
@with_appcontext
def switch_(organization_id: str, feature: str, state: str) -> None:
    """Switch a feature of an organization on or off. Off, its pages and its API refuse."""
    with transaction():
        switched = switch(organization_id, feature, on=state == "on")
    click.echo(f"{feature} is {state} for {switched.name} now.")
