"""Verdicts of the independent judges, as one type. Each judge runs in its own environment and can reach
nothing but the contexts on disk and the one loopback address it is told.
"""

import io
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import openbadges_bakery

import lti_tool.badges.openbadge
from tests.judges.install import install

_HERE = Path(__file__).parent
_CONTEXTS = Path(lti_tool.badges.openbadge.__file__).parent / "contexts"
_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge says, in its own words."""

    valid: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


def badgecheck(badge: str | bytes, loopback: str, recipient: dict[str, str] | None = None) -> Verdict:
    """The verdict of the 1EdTech validator core on an award: a URL, or the bytes of JSON, PNG or SVG.

    `loopback` is the `host:port` it may reach; `recipient` is a profile that the award should be for, by
    identity type: `{"email": "ada@example.org"}` or `{"url": …}`.
    """
    profile = ["--recipient", json.dumps({"type": "Profile", **recipient})] if recipient else []
    return _ask("badgecheck", [str(_CONTEXTS), loopback, *profile], badge)


def openbadgeslib(badge: str | bytes, loopback: str, recipient: str | None = None) -> Verdict:
    """The verdict of openbadgeslib on a hosted 2.0 award: a URL, or the bytes of JSON, PNG or SVG.

    `recipient` is the identity, an address or a URL, that the award should be for.
    """
    return _ask("openbadgeslib", [loopback, *(["--recipient", recipient] if recipient else [])], badge)


def bakery_extract(picture: bytes) -> str | None:
    """What openbadges-bakery finds in a PNG or SVG: from a PNG the JSON, from an SVG the address in `verify`."""
    found = openbadges_bakery.unbake(io.BytesIO(picture))
    return None if found is None else str(found)


def _ask(judge: str, arguments: list[str], badge: str | bytes) -> Verdict:
    command = [str(install(judge)), str(_HERE / f"{judge}_run.py"), *arguments]
    if isinstance(badge, str):
        command += ["--url", badge]
    asked = subprocess.run(
        command,
        input=badge if isinstance(badge, bytes) else b"",
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    if asked.returncode:
        raise RuntimeError(f"{judge} broke down: {asked.stderr.decode(errors='replace')}")
    said = json.loads(asked.stdout.decode().splitlines()[-1])
    return Verdict(said["valid"], tuple(map(str, said["errors"])), tuple(map(str, said["warnings"])))
