"""Verdicts of the independent judges, as one type. Each judge runs in its own environment and can reach
nothing but the contexts on disk and the loopback addresses it is told: `host:port`, several with commas between.
"""

import base64
import io
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openbadges_bakery

import lti_tool.badges.openbadge
from tests.judges.install import install

_HERE = Path(__file__).parent
_CONTEXTS = Path(lti_tool.badges.openbadge.__file__).parent / "contexts"
_SECONDS = 600


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


def openbadgeslib_v3(badges: Sequence[bytes], loopback: str) -> list[Verdict]:
    """The verdicts of openbadgeslib on credentials of 3.0, in one run: JSON with a proof, signed text, PNG, SVG; and on
    status lists.
    """
    given = json.dumps([base64.b64encode(badge).decode() for badge in badges]).encode()
    said = _run("openbadgeslib", "openbadgeslib_v3", [loopback], given)
    return [_verdict(one) for one in said]


def badgecheck_many(badges: Sequence[str | bytes], loopback: str) -> list[Verdict]:
    """The verdicts of badgecheck on many awards, in one run; signed text is given as bytes too."""
    return _ask_many("badgecheck", [str(_CONTEXTS), loopback], badges)


def openbadgeslib_many(badges: Sequence[str | bytes], loopback: str) -> list[Verdict]:
    """The verdicts of openbadgeslib on many 2.0 awards, hosted and signed, in one run."""
    return _ask_many("openbadgeslib", [loopback], badges)


def version(judge: str) -> str:
    """Which version of itself a judge's environment holds."""
    ask = f"import importlib.metadata as m; print(m.version({judge!r}))"
    return subprocess.run([str(install(judge)), "-c", ask], capture_output=True, text=True, check=True).stdout.strip()


def bakery_extract(picture: bytes) -> str | None:
    """What openbadges-bakery finds in a PNG or SVG: from a PNG the JSON, from an SVG the address in `verify`."""
    found = openbadges_bakery.unbake(io.BytesIO(picture))
    return None if found is None else str(found)


def _ask(judge: str, arguments: list[str], badge: str | bytes) -> Verdict:
    if isinstance(badge, str):
        return _verdict(_run(judge, judge, [*arguments, "--url", badge], b""))
    return _verdict(_run(judge, judge, arguments, badge))


def _ask_many(judge: str, arguments: list[str], badges: Sequence[str | bytes]) -> list[Verdict]:
    given = [
        {"url": badge} if isinstance(badge, str) else {"badge": base64.b64encode(badge).decode()} for badge in badges
    ]
    return [_verdict(one) for one in _run(judge, judge, [*arguments, "--many"], json.dumps(given).encode())]


def _run(judge: str, script: str, arguments: list[str], given: bytes) -> Any:
    command = [str(install(judge)), str(_HERE / f"{script}_run.py"), *arguments]
    asked = subprocess.run(command, input=given, capture_output=True, timeout=_SECONDS, check=False)
    if asked.returncode:
        raise RuntimeError(f"{judge} broke down: {asked.stderr.decode(errors='replace')}")
    return json.loads(asked.stdout.decode().splitlines()[-1])


def _verdict(said: dict[str, Any]) -> Verdict:
    return Verdict(said["valid"], tuple(map(str, said["errors"])), tuple(map(str, said["warnings"])))
