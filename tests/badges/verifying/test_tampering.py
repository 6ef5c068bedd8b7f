"""Whatever was changed, forged, taken back or let expire is found out, and said in a sentence."""

import base64
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import given_text
from lti_tool.badges.verifying.verdict import Outcome, Standard, Verdict
from lti_tool.errors import Problem
from tests.make.foreign_badge import ForeignPlatform, Reply, as_json, foreign_platform

HOSTED, SIGNED = Standard.V2_HOSTED, Standard.V2_SIGNED
PROOF, JWT = Standard.V3_DATA_INTEGRITY, Standard.V3_JWT
Tampering = Callable[[ForeignPlatform], Given]


def by_address(platform: ForeignPlatform, **members: Any) -> Given:
    return Given("url", platform.issue(HOSTED, **members).url)


def changed_class(platform: ForeignPlatform, **members: Any) -> Given:
    given = by_address(platform)
    platform.change("/badges/1", **members)
    return given


def gone(platform: ForeignPlatform) -> Given:
    given = by_address(platform)
    platform.replies["/awards/1"].status = 410
    return given


def another_host(platform: ForeignPlatform) -> Given:
    given = by_address(platform)
    platform.change("/issuer", id=platform.url.replace("127.0.0.1", "localhost") + "/issuer")
    return given


def baked_copy_differs(platform: ForeignPlatform) -> Given:
    award = platform.issue(HOSTED)
    platform.change("/awards/1", revoked=True)
    return Given("image", award.png)


def in_list(platform: ForeignPlatform, *entries: Any) -> Given:
    award = platform.issue(SIGNED)
    platform.change("/revoked", revokedAssertions=list(entries) or [award.document["id"]])
    return given_text(award.text)


def foreign_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2048)


def signed_by_another(platform: ForeignPlatform) -> Given:
    return given_text(platform.jws(platform.issue(SIGNED).document, key=foreign_rsa()))


def key_of_another_owner(platform: ForeignPlatform) -> Given:
    award = platform.issue(SIGNED)
    platform.change("/key", owner=f"{platform.url}/somebody")
    return given_text(award.text)


def proof(platform: ForeignPlatform, changed: dict[str, Any] | None = None, **members: Any) -> Given:
    """A credential whose members were changed after it was signed, or whose proof says something else."""
    document = platform.issue(PROOF).document
    if changed:
        document = platform.with_proof(document, **changed)
    return Given("json", as_json({**document, **members}).decode())


def attackers_key(platform: ForeignPlatform) -> Given:
    """Signed by somebody else's key, under our issuer's id and with a method that the issuer does not publish."""
    document = platform.issue(PROOF).document
    platform.key = Ed25519PrivateKey.generate()
    return Given("json", as_json(platform.with_proof(document)).decode())


def token(platform: ForeignPlatform, **claims: Any) -> Given:
    return Given("jwt", platform.vc_jwt(platform.issue(JWT).document, **claims))


def unsigned(platform: ForeignPlatform) -> Given:
    return Given("jwt", jwt.encode(dict(platform.issue(JWT).document), None, algorithm="none"))


def by_public_key_as_secret(platform: ForeignPlatform) -> Given:
    award = platform.issue(JWT)
    pem = platform.document("/key")["publicKeyPem"]
    payload = award.text.split(".")[1]
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT","kid":"' + f"{platform.url}/jwk".encode() + b'"}')
    text = head.rstrip(b"=").decode() + "." + payload
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(text.encode(), pem.encode())
    return Given("jwt", text + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode())


def payload_changed(platform: ForeignPlatform) -> Given:
    header, payload, signature = platform.issue(JWT).text.split(".")
    said = json.loads(base64.urlsafe_b64decode(payload + "=="))
    said["name"] = "Another badge"
    packed = base64.urlsafe_b64encode(json.dumps(said).encode()).rstrip(b"=").decode()
    return Given("jwt", f"{header}.{packed}.{signature}")


def status(platform: ForeignPlatform, revoked: tuple[int, ...] = (), **said: Any) -> Given:
    award = platform.issue(PROOF)
    platform.put_status_list(revoked, **said)
    return Given("json", award.text)


def unsigned_list(platform: ForeignPlatform) -> Given:
    award = platform.issue(PROOF)
    platform.change("/status", proof=None)
    return Given("json", award.text)


def no_list(platform: ForeignPlatform) -> Given:
    award = platform.issue(PROOF)
    platform.replies["/status"] = Reply(b"", "text/plain", 500)
    return Given("json", award.text)


def entry(platform: ForeignPlatform, **said: Any) -> Given:
    document = platform.issue(PROOF).document
    changed = {**document, "credentialStatus": {**document["credentialStatus"], **said}}
    return Given("json", as_json(platform.with_proof(changed)).decode())


def subject(platform: ForeignPlatform, **said: Any) -> dict[str, Any]:
    platform.issue(PROOF)
    return {**platform.credential(f"{platform.url}/profile", "Foreign badge", "ada@example.org", "1"), **said}


def resigned(platform: ForeignPlatform, **said: Any) -> Given:
    return Given("json", as_json(platform.with_proof(subject(platform, **said))).decode())


TAMPERINGS: dict[str, Tampering] = {
    "2.0: taken back, answered with 410": gone,
    "2.0: taken back, the whole body answered with 200": lambda it: by_address(it, revoked=True),
    "2.0: a verification of no known type": lambda it: by_address(it, verification={"type": "Nope"}),
    "2.0: issued in the future": lambda it: by_address(it, issuedOn="2099-01-01T00:00:00Z"),
    "2.0: a day without a time zone": lambda it: by_address(it, issuedOn="2024-05-01"),
    "2.0: expired": lambda it: by_address(it, expires="2024-06-01T00:00:00Z"),
    "2.0: expires before it was issued": lambda it: by_address(it, expires="2024-01-01T00:00:00Z"),
    "2.0: no recipient": lambda it: by_address(it, recipient=None),
    "2.0: a recipient of a wrong type": lambda it: by_address(it, recipient=["ada@example.org"]),
    "2.0: an id that is another's": lambda it: by_address(it, id=f"{it.url}/awards/2"),
    "2.0: an issuer elsewhere": another_host,
    "2.0: a class without a name": lambda it: changed_class(it, name=None),
    "2.0: a class without criteria": lambda it: changed_class(it, criteria=None),
    "2.0: a class whose picture is none": lambda it: changed_class(it, image=f"{it.url}/criteria"),
    "2.0: a baked copy of what was taken back": baked_copy_differs,
    "2.0 signed: the only entry of the list": in_list,
    "2.0 signed: an entry with a reason": lambda it: in_list(
        it, {"id": it.issue(SIGNED).document["id"], "revocationReason": "By mistake"}
    ),
    "2.0 signed: by somebody else": signed_by_another,
    "2.0 signed: by a key of another owner": key_of_another_owner,
    "3.0: a word changed": lambda it: proof(it, name="Another badge"),
    "3.0: a word added that nobody defined": lambda it: proof(it, freeUnsignedWord="hello"),
    "3.0: valid for ever again": lambda it: proof(it, validFrom="2024-05-02T12:00:00Z"),
    "3.0: a proof for another purpose": lambda it: proof(it, {"proofPurpose": "authentication"}),
    "3.0: a method that is nobody's": lambda it: proof(it, {"verificationMethod": f"{it.url}/profile#z6Mk"}),
    "3.0: the attacker's key under the issuer's id": attackers_key,
    "3.0: signed in the future": lambda it: proof(it, {"created": "2099-01-01T00:00:00Z"}),
    "3.0: a suite that is none": lambda it: proof(it, {"cryptosuite": "plain-2099"}),
    "3.0: expired": lambda it: resigned(it, validUntil="2024-06-01T00:00:00Z"),
    "3.0: not valid yet": lambda it: resigned(it, validFrom="2099-01-01T00:00:00Z"),
    "3.0: without a subject": lambda it: resigned(it, credentialSubject={"type": ["AchievementSubject"]}),
    "3.0: taken back": lambda it: status(it, (94,)),
    "3.0: a list that is too short": lambda it: status(it, entries=8192),
    "3.0: a list of another issuer": lambda it: status(it, issuer=it.did_key),
    "3.0: a list without a proof": unsigned_list,
    "3.0: a list that does not answer": no_list,
    "3.0: a place outside the list": lambda it: entry(it, statusListIndex="99999999"),
    "3.0: a place that is no number": lambda it: entry(it, statusListIndex="-1"),
    "3.0 JWT: nbf is not validFrom": lambda it: token(it, nbf=1_600_000_000),
    "3.0 JWT: another id": lambda it: token(it, jti="urn:uuid:0"),
    "3.0 JWT: another subject": lambda it: token(it, sub="mailto:eve@example.org"),
    "3.0 JWT: another issuer": lambda it: token(it, iss=f"{it.url}/somebody"),
    "3.0 JWT: past its exp": lambda it: token(it, exp=1_714_564_900),
    "3.0 JWT: a word changed": payload_changed,
    "3.0 JWT: a key of nobody": lambda it: token(it, header={"kid": f"{it.url}/key-of-nobody"}),
}
UNREADABLE: dict[str, Tampering] = {
    "without a signature": unsigned,
    "the public key used as a secret": by_public_key_as_secret,
}


def failed(verdict: Verdict) -> list[str]:
    return [check.reason for check in verdict.checks if check.outcome is Outcome.FAILED]


@pytest.mark.parametrize("standard", sorted({what.partition(":")[0] for what in TAMPERINGS}))
def test_it_is_found_out(app: Flask, standard: str) -> None:
    for what in (one for one in TAMPERINGS if one.startswith(f"{standard}:")):
        with foreign_platform() as platform:
            verdict = check_badge(TAMPERINGS[what](platform))

        assert not verdict.valid, what
        assert failed(verdict), what
        assert all(reason.endswith(".") for reason in failed(verdict)), what


def test_a_signature_that_is_none_counts_for_nothing(app: Flask) -> None:
    for what, tamper in UNREADABLE.items():
        with foreign_platform() as platform:
            assert outcome_of(tamper(platform)) in ("refused: badge_unreadable", "not valid"), what


def outcome_of(given: Given) -> str:
    try:
        return "valid" if check_badge(given).valid else "not valid"
    except Problem as refused:
        return f"refused: {refused.code}"


def test_a_status_whose_purpose_is_no_word_is_no_fault(app: Flask) -> None:
    with foreign_platform() as platform:
        award = platform.issue(JWT)
        entry_of_it = {**platform.status_entry(94), "statusPurpose": ["revocation"]}
        verdict = check_badge(Given("jwt", platform.vc_jwt({**award.document, "credentialStatus": entry_of_it})))

    assert not verdict.valid
