"""The administrator's verbs at the door: platforms and keys."""

import json

import click
from flask.cli import with_appcontext

from lti_tool.db import transaction
from lti_tool.launch.keys import rotate_keys
from lti_tool.launch.model import Registration
from lti_tool.launch.platforms import (
    PlatformWords,
    add_platform,
    all_platforms,
    approve_deployment,
    known_platform,
)


@click.group()
def platform() -> None:
    """The LMSs that are connected."""


@platform.command("add")
@click.option("--issuer", required=True, help="the platform's issuer, exactly as it sends it")
@click.option("--client-id", required=True, help="the client id that the platform gave this tool")
@click.option("--auth-url", required=True, help="the platform's OIDC authorization endpoint")
@click.option("--token-url", required=True, help="the platform's access token endpoint")
@click.option("--jwks-url", required=True, help="the platform's public key set")
@click.option("--deployment", "deployments", multiple=True, help="a deployment id; may be repeated")
@click.option("--token-audience", help="the audience of token requests, where it is not the token endpoint")
@click.option("--name", help="what people call this platform")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def add(as_json: bool, deployments: tuple[str, ...], **words: str) -> None:
    """Register a platform. An organization and a first issuer are named after it."""
    with transaction():
        registration = add_platform(PlatformWords(deployments=deployments, **words))
        answer = {
            "id": registration.id,
            "organization": registration.organization_id,
            "issuer": registration.issuer,
        }
    if as_json:
        click.echo(json.dumps(answer))
    else:
        click.echo(f"Registered {registration.name} as {registration.id}.")


@platform.command("list")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def list_(as_json: bool) -> None:
    """List the platforms that are registered."""
    known = all_platforms()
    if as_json:
        click.echo(json.dumps([_shown(registration) for registration in known]))
        return
    for registration in known:
        state = "off" if registration.switched_off_at else "on"
        told = (registration.id, state, registration.name, registration.issuer, registration.client_id)
        click.echo("  ".join(told))
    if not known:
        click.echo("No platform is registered yet.")


@platform.command("approve")
@click.argument("registration")
@click.argument("deployment")
@with_appcontext
def approve(registration: str, deployment: str) -> None:
    """Let a deployment in. It waits for approval, or is named here before its first launch."""
    with transaction():
        approve_deployment(registration, deployment)
    click.echo(f"Deployment {deployment} is approved.")


@click.group()
def keys() -> None:
    """This tool's own signing keys."""


@keys.command("rotate")
@click.argument("registration", required=False)
@click.option("--at-once", is_flag=True, help="the old key got into wrong hands: stop it now")
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def rotate(registration: str | None, at_once: bool, as_json: bool) -> None:
    """Publish new keys. They sign in a week, and the old ones go two weeks later; for one registration or all."""
    with transaction():
        chosen = [known_platform(registration)] if registration else all_platforms()
        kids = [(one, rotate_keys(one.id, at_once=at_once)) for one in chosen]
    if as_json:
        click.echo(json.dumps([{"registration": one.id, "kid": kid} for one, kid in kids]))
    else:
        for one, kid in kids:
            click.echo(f"{one.name}: {kid}")


def _shown(registration: Registration) -> dict[str, str | bool]:
    return {
        "id": registration.id,
        "organization": registration.organization_id,
        "name": registration.name,
        "issuer": registration.issuer,
        "client_id": registration.client_id,
        "on": registration.switched_off_at is None,
    }
