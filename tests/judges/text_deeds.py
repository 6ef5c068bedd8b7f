"""What is done to a credential as signed text (VC-JWT), and which check of ours has to find it out."""

from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.judges.deeds import BY_THE_ISSUER, Changes, Desk, changed
from tests.judges.signed_trials import mac, packed

Deed = Callable[[Desk], str]


def payload_changed(desk: Desk, changes: Changes) -> str:
    """Another payload under the old signature."""
    header, _, signature = desk.pen.text(desk.claims).split(".")
    return f"{header}.{packed(changed(desk.claims, changes))}.{signature}"


def extra_word(desk: Desk) -> str:
    """Signed text is signed letter by letter: a word that JSON-LD does not know is signed like every other."""
    return desk.pen.text({**desk.claims, "licence": "to weld"})


def _again(changes: Changes) -> Deed:
    return lambda desk: desk.pen.text(changed(desk.claims, changes))


def _under_header(*, with_signature: bool = True, **header: Any) -> Deed:
    """The issuer's signature under another header."""

    def deed(desk: Desk) -> str:
        _, payload, signature = desk.pen.text(desk.claims).split(".")
        head = packed({"typ": "JWT", "kid": desk.pen.kid, **header})
        return f"{head}.{payload}.{signature if with_signature else ''}"

    return deed


def _signature_changed(desk: Desk) -> str:
    text = desk.pen.text(desk.claims)
    return text[:-20] + ("A" if text[-20] != "A" else "B") + text[-19:]


def _key_as_secret(desk: Desk) -> str:
    pem = desk.pen.rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = f"{packed({'alg': 'HS256', 'typ': 'JWT', 'kid': desk.pen.kid})}.{packed(desk.claims)}"
    return f"{said}.{mac(said, pem)}"


def _brings_its_key(desk: Desk) -> str:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(desk.attacker.rsa.public_key(), as_dict=True)
    return desk.attacker.text(desk.claims, jwk=jwk)


DEEDS: dict[str, tuple[Deed, str]] = {
    "the signature changed": (_signature_changed, "proof"),
    "`alg` is none, without a signature": (_under_header(alg="none", with_signature=False), "unreadable"),
    "`alg` is none, with a signature": (_under_header(alg="none"), "proof"),
    "`alg` is HS256, with the public key as the secret": (_key_as_secret, "proof"),
    "`alg` is swapped for RS512": (_under_header(alg="RS512"), "proof"),
    "`alg` is swapped for ES256": (_under_header(alg="ES256"), "proof"),
    "a header that asks for more (`crit`)": (lambda desk: desk.pen.text(desk.claims, crit=["exp"]), "proof"),
    "an attacker's key under the name of the issuer's own key": (lambda desk: desk.attacker.text(desk.claims), "proof"),
    "an attacker's key, brought along in the header (`jwk`)": (_brings_its_key, "proof"),
    "another issuer's key": (lambda desk: desk.other.text(desk.claims), "proof"),
    "`nbf` is another time than `validFrom`": (_again({("nbf",): 1_600_000_000}), "proof"),
    "`exp` is another time than `validUntil`": (_again({("exp",): 4_200_000_000}), "proof"),
    "`iss` is another issuer": (_again({("iss",): "https://school.example/"}), "proof"),
    "`jti` is another id": (_again({("jti",): "urn:uuid:00000000-0000-4000-8000-000000000000"}), "proof"),
    "`sub` is another recipient": (_again({("sub",): "mailto:eve@example.org"}), "proof"),
    "without `validFrom`": (_again({("validFrom",): None}), "proof"),
    "without an `id`": (_again({("id",): None}), "proof"),
    "without a subject": (_again({("credentialSubject",): None}), "proof"),
    "a foreign context in the place of the third, signed": (
        _again({("@context", 2): "https://words.example/context.json"}), "context",
    ),
    **{what: (_again(changes), check) for what, (changes, check) in BY_THE_ISSUER.items()},
}  # fmt: skip
