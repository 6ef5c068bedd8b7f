"""What is done to a credential with a Data Integrity proof, and which check of ours has to find it out."""

import json
from collections.abc import Callable
from typing import Any

from tests.judges.deeds import BY_THE_ISSUER, Changes, Desk, changed

Deed = Callable[[Desk], str]


def _in_the_proof(name: str, value: Any) -> Deed:
    """A member of the proof changed after signing."""
    return lambda desk: json.dumps(changed(desk.document, {("proof", 0, name): value}))


def _signed_with(**members: Any) -> Deed:
    """Members of the proof that the issuer signed so."""
    return lambda desk: desk.pen.with_proof(desk.bare, **members)


def _resigned(changes: Changes) -> Deed:
    return lambda desk: desk.pen.with_proof(changed(desk.bare, changes))


def _value_changed(desk: Desk) -> str:
    value = desk.document["proof"][0]["proofValue"]
    last = "2" if value[-1] != "2" else "3"
    return json.dumps(changed(desk.document, {("proof", 0, "proofValue"): value[:-1] + last}))


def _of_another_credential(desk: Desk) -> str:
    other = json.loads(desk.pen.with_proof({**desk.bare, "name": "Medicine"}))
    return json.dumps({**desk.document, "proof": other["proof"]})


def _our_method(desk: Desk) -> str:
    return desk.attacker.with_proof(desk.bare, verificationMethod=desk.pen.method)


def _second_proof(desk: Desk) -> str:
    false = json.loads(desk.attacker.with_proof(desk.bare))["proof"]
    return json.dumps({**desk.document, "proof": [*desk.document["proof"], *false]})


DEEDS: dict[str, tuple[Deed, str]] = {
    "without a proof": (lambda desk: json.dumps(desk.bare), "proof"),
    "the proof's value changed": (_value_changed, "proof"),
    "the proof of another credential": (_of_another_credential, "proof"),
    "the proof's purpose changed": (_in_the_proof("proofPurpose", "authentication"), "proof"),
    "the proof's purpose is another one, signed so": (_signed_with(proofPurpose="authentication"), "proof"),
    "the proof's suite changed": (_in_the_proof("cryptosuite", "eddsa-jcs-2022"), "proof"),
    "the proof's date changed": (_in_the_proof("created", "2020-01-01T00:00:00Z"), "proof"),
    "the proof is dated in the future": (_signed_with(created="2099-01-01T00:00:00Z"), "proof"),
    "the proof has expired": (_signed_with(expires="2025-01-01T00:00:00Z"), "proof"),
    "an attacker's key under the issuer's id (`ourIssuer#attackerKey`)": (
        lambda desk: desk.attacker.with_proof(desk.bare), "proof",
    ),
    "an attacker's key under the name of the issuer's own key": (_our_method, "proof"),
    "another issuer's key": (lambda desk: desk.other.with_proof(desk.bare), "proof"),
    "a false second proof beside the right one": (_second_proof, "proof"),
    "without an issuer": (lambda desk: json.dumps(changed(desk.document, {("issuer",): None})), "proof"),
    "without `validFrom`": (_resigned({("validFrom",): None}), "shape"),
    "without an `id`": (_resigned({("id",): None}), "shape"),
    "without a subject": (_resigned({("credentialSubject",): None}), "shape"),
    "an undefined word, signed as JSON-LD signs it: not at all": (_resigned({("licence",): "to weld"}), "proof"),
    **{what: (_resigned(changes), check) for what, (changes, check) in BY_THE_ISSUER.items()},
}  # fmt: skip
