"""The operator's way to an issuer's first owner: an invitation whose link is printed."""

import json

import click
from flask.cli import with_appcontext

from lti_tool import clock
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.badges.staffing.roles import ROLES
from lti_tool.db import transaction


@click.command("invite")
@click.argument("issuer_id")
@click.option("--email", required=True, help="the address of whoever is invited")
@click.option("--role", type=click.Choice(ROLES), default="owner", show_default=True)
@click.option("--name", help="what they are called")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def invite(issuer_id: str, email: str, role: str, name: str | None, as_json: bool) -> None:
    """Print a link that makes whoever opens it one of the issuer's staff, once, within a week. They need no LMS."""
    with transaction():
        invited = invite_staff(issuer_id, email=email, role=role, name=name, by_hand=True)
    if as_json:
        click.echo(json.dumps({"url": invited.url, "expires": clock.iso(invited.expires_at)}))
    else:
        click.echo(f"{invited.url}\nIt works once, until {clock.iso(invited.expires_at)}. Hand it over in private.")
