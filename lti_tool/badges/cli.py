"""The operator's verbs on issuers."""

import click
from flask.cli import with_appcontext

from lti_tool.badges.issuers import all_issuers, edit_issuer
from lti_tool.db import transaction


@click.group()
def issuer() -> None:
    """Who stands behind the badges."""


@issuer.command("list")
@with_appcontext
def list_() -> None:
    """List the issuers."""
    for one in all_issuers():
        click.echo(f"{one.id}  {one.name}  {one.url}  {one.email}")


@issuer.command("edit")
@click.argument("issuer_id")
@click.option("--name")
@click.option("--url")
@click.option("--email")
@click.option("--description")
@with_appcontext
def edit(issuer_id: str, **words: str | None) -> None:
    """Change what is given and leave the rest; every award shows it on its next look."""
    with transaction():
        edited = edit_issuer(issuer_id, **words)
    click.echo(f"{edited.name} is up to date.")
