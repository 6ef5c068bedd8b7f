"""Forgeries that take more thought than changing a word: keys, lists and copies that belong to somebody else."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from lti_tool.badges.verifying.checking import Given, check_badge
from lti_tool.badges.verifying.given import given_text
from lti_tool.badges.verifying.verdict import Outcome, Standard
from lti_tool.fetch import Fetcher
from tests.make.foreign_badge import Document, ForeignPlatform, Reply, as_json, baked, foreign_platform

V1, SIGNED = Standard.V1_SIGNED, Standard.V2_SIGNED
PROOF, JWT = Standard.V3_DATA_INTEGRITY, Standard.V3_JWT
EVE = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
SHORT = rsa.generate_private_key(public_exponent=65_537, key_size=1024)  # noqa: S505 - it must be refused
Forgery = Callable[[ForeignPlatform], Given]


def packed(part: Document | bytes) -> str:
    content = part if isinstance(part, bytes) else as_json(part)
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def pem_of(key: rsa.RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def jwk_of(key: rsa.RSAPrivateKey) -> Document:
    jwk: Document = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return jwk


def unsigned(platform: ForeignPlatform, standard: Standard, algorithm: str) -> Given:
    payload = platform.issue(standard).text.split(".")[1]
    return given_text(f"{packed({'alg': algorithm, 'kid': f'{platform.url}/jwk'})}.{payload}.{packed(b'nothing')}")


def signed_with_the_public_key(platform: ForeignPlatform, standard: Standard) -> Given:
    """A verifier that lets the text choose the algorithm takes the issuer's public key for a shared secret."""
    payload = platform.issue(standard).text.split(".")[1]
    text = f"{packed({'alg': 'HS256', 'kid': f'{platform.url}/jwk'})}.{payload}"
    secret = platform.document("/key")["publicKeyPem"].encode()
    hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return given_text(f"{text}.{packed(hmac.sign(text.encode(), secret))}")


def signed_by_eve(platform: ForeignPlatform, standard: Standard, **header: Any) -> Given:
    document = platform.issue(standard).document
    if standard is JWT:
        said = json.loads(base64.urlsafe_b64decode(platform.vc_jwt(document).split(".")[1] + "=="))
        return given_text(jwt.encode(said, EVE, algorithm="RS256", headers={"kid": f"{platform.url}/jwk", **header}))
    return given_text(jwt.PyJWS().encode(as_json(document), EVE, algorithm="RS256", headers=header))


def eves_key_in_the_issuers_name(platform: ForeignPlatform) -> Given:
    """Eve's key says that the issuer owns it; the issuer says nothing of it."""
    place = f"{platform.url}/eve/key"
    platform.issue(SIGNED)
    platform.put("/eve/key", {**platform.document("/key"), "id": place, "publicKeyPem": pem_of(EVE)})
    document = platform.issue(SIGNED, verification={"type": "SignedBadge", "creator": place}).document
    return given_text(platform.jws(document, key=EVE))


def a_short_key(platform: ForeignPlatform) -> Given:
    document = platform.issue(SIGNED).document
    platform.change("/key", publicKeyPem=pem_of(SHORT))
    text = f"{packed({'alg': 'RS256'})}.{packed(document)}"
    return given_text(f"{text}.{packed(SHORT.sign(text.encode(), PKCS1v15(), SHA256()))}")


def rules_of_its_own(platform: ForeignPlatform) -> Given:
    document = platform.issue(SIGNED).document
    platform.change("/key", publicKeyPem=pem_of(EVE))
    text = jwt.PyJWS().encode(as_json(document), EVE, algorithm="RS256", headers={"crit": ["exp"], "exp": 1})
    return given_text(text)


def a_first_key_elsewhere(platform: ForeignPlatform) -> Given:
    elsewhere = platform.url.replace("127.0.0.1", "localhost")
    award = platform.issue(V1, verify={"type": "signed", "url": f"{elsewhere}/key-1"})
    return given_text(award.text)


def in_the_older_list(platform: ForeignPlatform) -> Given:
    award = platform.issue(V1)
    platform.put("/revoked-1", {"award-1": "By mistake"})
    return given_text(award.text)


def in_the_list_though_hosted(platform: ForeignPlatform) -> Given:
    award = platform.issue()
    platform.change("/revoked", revokedAssertions=[{"id": award.url, "revocationReason": "By mistake"}])
    return Given("url", award.url)


def hosted_by_eve(platform: ForeignPlatform) -> Given:
    """The award lies on Eve's server and names an honest issuer's class."""
    award = platform.issue()
    place = platform.url.replace("127.0.0.1", "localhost") + "/awards/eve"
    platform.put("/awards/eve", {**award.document, "id": place})
    return Given("url", place)


def led_away(platform: ForeignPlatform) -> Given:
    """The issuer's server forwards to wherever it is told, Eve's server included."""
    award = platform.issue()
    eve = platform.url.replace("127.0.0.1", "localhost")
    platform.put("/eve", platform.document("/awards/1"))
    platform.replies["/awards/1"] = Reply(b"", status=302, headers={"Location": f"{eve}/eve"})
    return Given("json", award.text)


def profile(platform: ForeignPlatform, **members: Any) -> Given:
    award = platform.issue(PROOF)
    platform.change("/profile", **members)
    return given_text(award.text)


def key_in_profile(platform: ForeignPlatform, **members: Any) -> Given:
    issuer = f"{platform.url}/profile"
    key = {**platform.profile(issuer)["verificationMethod"][0], **members}
    return profile(platform, verificationMethod=[key])


def a_second_proof_of_eves(platform: ForeignPlatform) -> Given:
    document = platform.issue(PROOF).document
    mine, platform.key = document["proof"][0], Ed25519PrivateKey.generate()
    return given_text(as_json({**document, "proof": [mine, *platform.with_proof(document)["proof"]]}).decode())


def another_meaning(platform: ForeignPlatform) -> Given:
    """The signature covers statements: a context inside makes other words of them than a person reads."""
    document = platform.issue(PROOF, name="Signed").document
    achievement = document["credentialSubject"]["achievement"]
    trick = {"@context": {"name": None, "also": "https://schema.org/name"}, "also": "Signed", "name": "Shown"}
    document["credentialSubject"]["achievement"] = {**achievement, **trick}
    return given_text(as_json(document).decode())


def proof_with_contexts_of_its_own(platform: ForeignPlatform) -> Given:
    document = platform.issue(PROOF).document
    document["proof"][0]["@context"] = ["https://eve.example/context"]
    return given_text(as_json(document).decode())


def bits(platform: ForeignPlatform, encoded: str) -> Given:
    award = platform.issue(PROOF)
    subject = {**platform.document("/status")["credentialSubject"], "encodedList": encoded}
    platform.put_status_list(credentialSubject=subject)
    return given_text(award.text)


def entries(platform: ForeignPlatform, *said: Any) -> Given:
    document = platform.issue(PROOF).document
    return given_text(platform.vc_jwt({**document, "credentialStatus": list(said)}))


def status_list(platform: ForeignPlatform, **members: Any) -> Given:
    award = platform.issue(PROOF)
    platform.put_status_list(**members)
    return given_text(award.text)


def suspended(platform: ForeignPlatform) -> Given:
    platform.put_status_list([94])
    subject = {**platform.document("/status")["credentialSubject"], "statusPurpose": "suspension"}
    given = entries(platform, platform.status_entry(94, "suspension"))
    platform.put_status_list(credentialSubject=subject)
    return given


def names(platform: ForeignPlatform, **members: Any) -> Given:
    """1EdTech's own list, which names the credentials."""
    place, award = f"{platform.url}/names", platform.issue(PROOF)
    revoked = [{"id": award.document["id"], "revoked": True}]
    platform.put("/names", {"id": place, "issuer": f"{platform.url}/profile", "revokedCredential": revoked, **members})
    return entries(platform, {"id": place, "type": "1EdTechRevocationList"})


def joined(platform: ForeignPlatform, **members: Any) -> Given:
    """One picture in which an award of each version is baked."""
    older, newer = platform.issue(), platform.issue(PROOF, **members)
    return Given("image", baked(openbadges=older.text, openbadgecredential=newer.text))


def two_awards(platform: ForeignPlatform) -> Given:
    eves = platform.credential(f"{platform.url}/profile", "Another", "eve@example.org", "1")["credentialSubject"]
    return joined(platform, name="Another", credentialSubject=eves)


NOTHING, DOES_NOT_FIT = "of a kind that proves nothing", "another key signed it."
NOT_PUBLISHED, OTHER_ALGORITHM = "The issuer does not publish the key", "by another algorithm than its key is made for"
FORGERIES: dict[str, dict[str, tuple[Forgery, str]]] = {
    "keys of 1.x and 2.0": {
        "no algorithm": (lambda it: unsigned(it, SIGNED, "none"), NOTHING),
        "no algorithm, spelled otherwise": (lambda it: unsigned(it, SIGNED, "nOnE"), NOTHING),
        "the public key as a secret": (lambda it: signed_with_the_public_key(it, SIGNED), NOTHING),
        "Eve's key, brought along": (lambda it: signed_by_eve(it, SIGNED, jwk=jwk_of(EVE)), DOES_NOT_FIT),
        "Eve's key, said to be the issuer's": (eves_key_in_the_issuers_name, NOT_PUBLISHED),
        "a key that is too short": (a_short_key, "The issuer's key is so short"),
        "rules of its own": (rules_of_its_own, "asks for rules that no badge needs"),
        "1.x: a key on another server": (a_first_key_elsewhere, "is not on the issuer's server"),
        "1.x: in the list": (in_the_older_list, "it stands in the list of revoked awards"),
        "1.x: Eve's signature": (lambda it: signed_by_eve(it, V1), DOES_NOT_FIT),
    },
    "places": {
        "in the list though hosted": (in_the_list_though_hosted, "it stands in the list of revoked awards"),
        "on Eve's server": (hosted_by_eve, "The award is on another server than its issuer"),
        "led away to Eve's server": (led_away, "leads to a server that is not its issuer's"),
    },
    "keys of 3.0": {
        "no algorithm": (lambda it: unsigned(it, JWT, "none"), OTHER_ALGORITHM),
        "another algorithm": (lambda it: unsigned(it, JWT, "ES256"), OTHER_ALGORITHM),
        "the public key as a secret": (lambda it: signed_with_the_public_key(it, JWT), OTHER_ALGORITHM),
        "Eve's key, brought along": (lambda it: signed_by_eve(it, JWT, jwk=jwk_of(EVE)), DOES_NOT_FIT),
        "Eve's key, at her address": (lambda it: signed_by_eve(it, JWT, kid="https://eve.example/k"), NOT_PUBLISHED),
        "a key for something else": (lambda it: profile(it, assertionMethod=[f"{it.url}/jwk"]), NOT_PUBLISHED),
        "a key of Eve's": (lambda it: key_in_profile(it, controller="https://eve.example/"), "belongs to somebody"),
        "a key that was taken back": (lambda it: key_in_profile(it, revoked="2024-01-01T00:00:00Z"), "no longer valid"),
        "a key past its time": (lambda it: key_in_profile(it, expires="2024-01-01T00:00:00Z"), "no longer valid"),
        "an issuer who is another": (lambda it: profile(it, id=f"{it.url}/other"), "says that it is somebody else"),
        "a second proof of Eve's": (a_second_proof_of_eves, NOT_PUBLISHED),
        "another meaning of a word": (another_meaning, "a context that is none of the standard ones"),
        "contexts of the proof's own": (proof_with_contexts_of_its_own, "has other contexts than the badge"),
    },
    "lists of 3.0": {
        "suspended": (suspended, "The issuer has suspended this award."),
        "a list of another kind": (lambda it: entries(it, {"id": f"{it.url}/x", "type": "List2099"}), "of a kind that"),
        "a list of something else": (
            lambda it: entries(it, it.status_entry(94, "suspension")), "is a list of something else"),
        "no place in it": (lambda it: entries(it, {**it.status_entry(94), "statusListIndex": None}), "where it stands"),
        "many lists": (lambda it: entries(it, *map(it.status_entry, range(9))), "more lists of revoked awards than"),
        "many bits": (lambda it: entries(it, {**it.status_entry(94), "statusSize": 2}), "in a way that is not known"),
        "not packed": (lambda it: bits(it, f"u{packed(bytes(16_384))}"), "cannot be unpacked"),
        "not text": (lambda it: bits(it, "zNothing"), "is no multibase text"),
        "packed too well": (lambda it: bits(it, f"u{packed(gzip.compress(bytes(60_000_000)))}"), "is too long"),
        "cut off": (lambda it: bits(it, f"u{packed(gzip.compress(bytes(16_384))[:-12])}"), "is cut off"),
        "over": (lambda it: status_list(it, validUntil="2024-06-01T00:00:00Z"), "is not valid now"),
        "not begun": (lambda it: status_list(it, validFrom="2099-01-01T00:00:00Z"), "is not valid now"),
        "another list": (lambda it: status_list(it, id="https://badges.example/list"), "is something else"),
        "in 1EdTech's list": (names, "The issuer has revoked this award."),
        "1EdTech's list of Eve's": (
            lambda it: names(it, issuer="https://eve.example/", revokedCredential=[]), "is another issuer's"),
    },
    "pictures": {
        "two awards": (two_awards, "not the same award: name and recipient"),
        "two days": (lambda it: joined(it, awardedDate="2024-05-02T12:00:00Z"), "not the same award: date"),
    },
}  # fmt: skip


@pytest.fixture
def two_names(app: Flask) -> Flask:
    """One server that is reached under two names, as if it were two."""
    app.extensions["badge_fetcher"] = Fetcher(frozenset({"127.0.0.1", "localhost"}), user_agent="Spaces")
    return app


@pytest.mark.parametrize("kind", FORGERIES)
def test_it_is_seen_through(two_names: Flask, kind: str) -> None:
    for what, (forge, sentence) in FORGERIES[kind].items():
        with foreign_platform() as platform:
            verdict = check_badge(forge(platform))

        faults = [check.reason for check in verdict.checks if check.outcome is Outcome.FAILED]
        assert not verdict.valid, what
        assert sentence in " ".join(faults), what
