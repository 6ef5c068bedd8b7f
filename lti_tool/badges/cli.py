"""The operator's verbs on issuers."""

import click
from flask.cli import with_appcontext

from lti_tool.badges.issuers import all_issuers, edit_issuer
from lti_tool.badges.signing.keys import rotate_issuer_keys
from lti_tool.badges.staffing.cli import invite
from lti_tool.db import transaction


@click.group()
def issuer() -> None:
    """Who stands behind the badges."""


issuer.add_command(invite)


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
@click.option("--time-zone", help="such as Europe/Berlin")
@with_appcontext
def edit(
    issuer_id: str, name: str | None, url: str | None, email: str | None, description: str | None,
    time_zone: str | None,
) -> None:  # fmt: skip
    """Change what is given and leave the rest; every award shows it on its next look."""
    with transaction():
        edited = edit_issuer(
            issuer_id, name=name, url=url, email=email, description=description, time_zone=time_zone
        )  # fmt: skip
    click.echo(f"{edited.name} is up to date.")


@issuer.command("rotate-keys")
@click.argument("issuer_id")
@click.option(
    "--at-once", is_flag=True, help="for keys that got into wrong hands: what the old ones signed counts no more"
)
@with_appcontext
def rotate_keys(issuer_id: str, at_once: bool) -> None:
    """Let new keys sign this issuer's awards. What was saved before stays valid, unless it is `--at-once`."""
    with transaction():
        rotate_issuer_keys(issuer_id, at_once=at_once)
    click.echo("New keys sign. " + ("The old ones count no more: badges saved before have to be saved again." if at_once
               else "The old ones stay published, so badges saved before stay valid."))  # fmt: skip
