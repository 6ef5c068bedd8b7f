"""The operator's verbs on API tokens."""

import json

import click
from flask.cli import with_appcontext

from lti_tool import clock
from lti_tool.api import problems as problems
from lti_tool.api.tokens import TokenLine, all_tokens, create_token, revoke_token
from lti_tool.db import transaction

_LONGEST_DAYS = 730


@click.group()
def token() -> None:
    """Tokens for the API."""


@token.command("create")
@click.option("--organization", help="whose token it is; needed where there are several organizations")
@click.option("--read-only", is_flag=True, help="the token may look and change nothing")
@click.option("--days", type=click.IntRange(1, _LONGEST_DAYS), default=90, show_default=True, help="how long it lasts")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def create(organization: str | None, read_only: bool, days: int, as_json: bool) -> None:
    """Make a token for one organization. It is shown this once and cannot be shown again."""
    with transaction():
        secret, expires = create_token(organization=organization, read_only=read_only, days=days)
    if as_json:
        click.echo(json.dumps({"token": secret, "expires": clock.iso(expires)}))
    else:
        click.echo(f"{secret}\nIt is valid until {clock.iso(expires)}. Keep it now: it is not shown again.")


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def list_(as_json: bool) -> None:
    """List the tokens; what they are is known to their holders alone."""
    known = all_tokens()
    if as_json:
        click.echo(json.dumps([_shown(one) for one in known]))
        return
    for one in known:
        over = "over since" if one.is_over else "until"
        may = "reads only" if one.read_only else "reads and writes"
        click.echo(f"{one.id}  {one.organization_name}  {may}  {over} {clock.iso(one.expires_at)}")
    if not known:
        click.echo("There is no token yet.")


@token.command("revoke")
@click.argument("token_id")
@with_appcontext
def revoke(token_id: str) -> None:
    """Make a token invalid at once, by its id in the list."""
    with transaction():
        revoke_token(token_id)
    click.echo("The token is over.")


def _shown(line: TokenLine) -> dict[str, str | bool]:
    return {
        "id": line.id,
        "organization": line.organization,
        "read_only": line.read_only,
        "created": clock.iso(line.created_at),
        "expires": clock.iso(line.expires_at),
    }
