"""The administrator's verbs at the door: platforms and keys."""

import json
from typing import Any

import click
from flask.cli import with_appcontext

from lti_tool import clock
from lti_tool.db import transaction
from lti_tool.launch.key_care import reseal as reseal_secrets
from lti_tool.launch.key_deeds import key_entered, rotated
from lti_tool.launch.keys import public_jwk, public_pem
from lti_tool.launch.model import Registration
from lti_tool.launch.platforms import (
    PlatformWords,
    add_platform,
    all_platforms,
    approve_deployment,
    known_platform,
)
from lti_tool.launch.registration.invites import DEFAULT_HOURS, LONGEST_HOURS, make_invite

# A kid is a thumbprint in base64url and a deployment's id is the LMS's own: either may look like an option.
_MAY_BEGIN_WITH_A_DASH = {"ignore_unknown_options": True}


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
def add(as_json: bool, deployments: tuple[str, ...], **words: Any) -> None:
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


@platform.command("invite")
@click.option("--name", help="what people will call this platform")
@click.option("--organization", help="the id of the organization that it joins; otherwise it gets one of its own")
@click.option(
    "--hours", type=click.IntRange(1, LONGEST_HOURS), default=DEFAULT_HOURS, show_default=True, help="how long it lasts"
)
@click.option("--json", "as_json", is_flag=True, help="print JSON")
@with_appcontext
def invite(name: str | None, organization: str | None, hours: int, as_json: bool) -> None:
    """Print a URL that connects one LMS: its administrator pastes it where the LMS asks for a registration URL."""
    with transaction():
        invited = make_invite(name=name, organization=organization, hours=hours)
    if as_json:
        click.echo(json.dumps({"url": invited.url, "expires": clock.iso(invited.expires_at)}))
    else:
        click.echo(f"{invited.url}\nIt connects one LMS, until {clock.iso(invited.expires_at)}. It is not shown again.")


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


@platform.command("approve", context_settings=_MAY_BEGIN_WITH_A_DASH)
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
    """Publish new keys. They sign in a week, and the old ones go two weeks later; for one registration or all.

    An LMS that stores a copy of our key is not rotated: its new key is printed, to be entered there first.
    """
    with transaction():
        chosen = [known_platform(registration)] if registration else all_platforms()
        kids = [(one, rotated(one, at_once=at_once)) for one in chosen]
    if as_json:
        click.echo(json.dumps([_rotated(one, kid) for one, kid in kids]))
        return
    for one, kid in kids:
        click.echo(f"{one.name}: {kid}")
        if one.keeps_static_key:
            click.echo(_TO_BE_ENTERED.format(name=one.name, id=one.id, kid=kid, pem=public_pem(public_jwk(kid))))


@keys.command("entered", context_settings=_MAY_BEGIN_WITH_A_DASH)
@click.argument("registration")
@click.argument("kid")
@with_appcontext
def entered(registration: str, kid: str) -> None:
    """Say that the LMS has the new key which `keys rotate` printed. It signs from now on."""
    with transaction():
        key_entered(known_platform(registration), kid)
    click.echo("The new key signs.")


@keys.command("reseal")
@with_appcontext
def reseal() -> None:
    """Seal every private key and stored secret under the first SECRET_KEY. It happens once a day by itself, too."""
    with transaction():
        done = reseal_secrets()
    click.echo(f"Sealed anew: {done.anew}.")
    if done.lost:
        raise click.ClickException(f"{done.lost} cannot be opened with any SECRET_KEY: put the old one back behind it.")


_TO_BE_ENTERED = """  {name} stores a copy of our key, so nothing has changed yet. Enter this one in the LMS:
{pem}  Then run: lti-tool keys entered {id} {kid}"""


def _rotated(one: Registration, kid: str) -> dict[str, object]:
    said: dict[str, object] = {"registration": one.id, "kid": kid}
    if one.keeps_static_key:
        jwk = public_jwk(kid)
        said |= {"waits": True, "pem": public_pem(jwk), "jwk": jwk}
    return said


def _shown(registration: Registration) -> dict[str, str | bool]:
    return {
        "id": registration.id,
        "organization": registration.organization_id,
        "name": registration.name,
        "issuer": registration.issuer,
        "client_id": registration.client_id,
        "on": registration.switched_off_at is None,
    }
