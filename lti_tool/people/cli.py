"""The operator's verbs on organizations."""

import click
from flask.cli import with_appcontext

from lti_tool.db import transaction
from lti_tool.people.organizations import all_organizations, rename_organization


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
