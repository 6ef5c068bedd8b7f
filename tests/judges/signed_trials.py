"""Signed awards of 2.0. We do not issue them, so they come from a platform of somebody else (`foreign_badge`)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from lti_tool.badges.verifying.checking import Given
from lti_tool.badges.verifying.verdict import Standard
from tests.judges.trials import UNTOUCHED, Home, Kind, Trial, Way, fallen, holding
from tests.make.foreign_badge import Document, ForeignAward, ForeignPlatform, Reply, baked

Deed = Callable[[ForeignPlatform, ForeignAward], str]


def signed_trials(platform: Callable[[], ForeignPlatform]) -> Iterator[Trial]:
    """`platform` gives another one at each call: each trial may change what its issuer says."""
    yield from holding(_ways(platform().issue(Standard.V2_SIGNED).text), UNTOUCHED, Home.FOREIGN)
    for what, (deed, check) in _DEEDS.items():
        here = platform()
        yield from fallen(_ways(deed(here, here.issue(Standard.V2_SIGNED))), what, Home.FOREIGN, check)


def _ways(text: str) -> list[Way]:
    """The signed text in each form. The prefix in the SVG is the one that every reader looks for."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32"><openbadges:assertion '
        f'xmlns:openbadges="http://openbadges.org" verify="{text}"/><circle cx="16" cy="16" r="15"/></svg>'
    )
    return [
        (Kind.SIGNED_TEXT, Given("jwt", text)),
        (Kind.SIGNED_PNG, Given("image", baked(openbadges=text))),
        (Kind.SIGNED_SVG, Given("image", svg.encode())),
    ]


def _again(**members: Any) -> Deed:
    """Members changed, and signed again by the issuer itself; None takes one away."""

    def deed(platform: ForeignPlatform, award: ForeignAward) -> str:
        changed = {**award.document, **members}
        return platform.jws({name: value for name, value in changed.items() if value is not None})

    return deed


def _listed(as_text: bool) -> Deed:
    def deed(platform: ForeignPlatform, award: ForeignAward) -> str:
        entry = award.document["id"]
        platform.change("/revoked", revokedAssertions=[entry if as_text else {"id": entry}])
        return award.text

    return deed


def _after(path: str, **members: Any) -> Deed:
    """Another document changed, the award as it was; `{url}` is the platform's own."""

    def deed(platform: ForeignPlatform, award: ForeignAward) -> str:
        told = {
            name: value.format(url=platform.url) if isinstance(value, str) else value for name, value in members.items()
        }
        platform.change(path, **told)
        return award.text

    return deed


def _changed_payload(platform: ForeignPlatform, award: ForeignAward) -> str:
    header, _, signature = award.text.split(".")
    return f"{header}.{packed({**award.document, 'issuedOn': '2020-01-01T00:00:00Z'})}.{signature}"


def _other_recipient(platform: ForeignPlatform, award: ForeignAward) -> str:
    header, _, signature = award.text.split(".")
    eve = {**award.document["recipient"], "identity": "sha256$" + "0" * 64}
    return f"{header}.{packed({**award.document, 'recipient': eve})}.{signature}"


def _by_another(platform: ForeignPlatform, award: ForeignAward) -> str:
    return platform.jws(award.document, key=rsa.generate_private_key(public_exponent=65_537, key_size=2048))


def _without_signature(platform: ForeignPlatform, award: ForeignAward) -> str:
    return f"{packed({'alg': 'none', 'typ': 'JWT'})}.{award.text.split('.')[1]}."


def _alg_none(platform: ForeignPlatform, award: ForeignAward) -> str:
    """The signature still stands there, and nobody is to look at it."""
    _, payload, signature = award.text.split(".")
    return f"{packed({'alg': 'none', 'typ': 'JWT'})}.{payload}.{signature}"


def _alg_swapped(platform: ForeignPlatform, award: ForeignAward) -> str:
    _, payload, signature = award.text.split(".")
    return f"{packed({'alg': 'RS512', 'typ': 'JWT'})}.{payload}.{signature}"


def _key_as_secret(platform: ForeignPlatform, award: ForeignAward) -> str:
    said = f"{packed({'alg': 'HS256', 'typ': 'JWT'})}.{award.text.split('.')[1]}"
    return f"{said}.{mac(said, platform.document('/key')['publicKeyPem'].encode())}"


def _list_is_away(platform: ForeignPlatform, award: ForeignAward) -> str:
    platform.replies["/revoked"] = Reply(b"", "text/plain", 500)
    return award.text


def packed(document: Document) -> str:
    """A part of signed text."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def mac(text: str, secret: bytes) -> str:
    """What HS256 calls a signature."""
    return base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), hashlib.sha256)).rstrip(b"=").decode()


_DEEDS: dict[str, tuple[Deed, str]] = {
    "taken back: the list has exactly one entry, as text": (_listed(as_text=True), "revoked"),
    "taken back: the list has exactly one entry, as an object": (_listed(as_text=False), "revoked"),
    "the list of revoked awards does not answer": (_list_is_away, "revocation list"),
    "the list of revoked awards is another issuer's": (_after("/revoked", issuer="{url}/somebody"), "revoked"),
    "expired": (_again(expires="2025-01-01T00:00:00Z"), "dates"),
    "issued in the future": (_again(issuedOn="2099-01-01T00:00:00Z"), "dates"),
    "`verification.type` is “Nope”": (_again(verification={"type": "Nope"}), "verification"),
    "without `recipient`": (_again(recipient=None), "shape"),
    "without `badge`": (_again(badge=None), "shape"),
    "without `issuedOn`": (_again(issuedOn=None), "shape"),
    "another date after it was signed": (_changed_payload, "proof"),
    "another recipient after it was signed": (_other_recipient, "proof"),
    "the badge's name is away": (_after("/badges/1", name=None), "shape"),
    "the badge's criteria are away": (_after("/badges/1", criteria=None), "shape"),
    "signed by another key": (_by_another, "proof"),
    "the key belongs to somebody else": (_after("/key", owner="{url}/somebody"), "proof"),
    "the issuer does not publish the key": (_after("/issuer", publicKey="{url}/another-key"), "proof"),
    "`alg` is none, without a signature": (_without_signature, "unreadable"),
    "`alg` is none, with a signature": (_alg_none, "proof"),
    "`alg` is HS256, with the public key as the secret": (_key_as_secret, "proof"),
    "`alg` is swapped": (_alg_swapped, "proof"),
}
