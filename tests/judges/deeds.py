"""What a forger has before them, and how a word somewhere in a credential is changed."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.judges.our_awards import Document, Pen

Changes = Mapping[tuple[str | int, ...], Any]
"""New values by their place; None takes a member away."""


@dataclass(frozen=True)
class Desk:
    """An award's credential with its proof, the payload of its signed text, and three ways to sign: as its issuer, with
    keys of nobody under the issuer's id, and as another issuer.
    """

    award: str
    document: Document
    claims: Document
    pen: Pen
    attacker: Pen
    other: Pen

    @property
    def bare(self) -> Document:
        return {name: value for name, value in self.document.items() if name != "proof"}


def changed(document: Document, changes: Changes) -> Document:
    """Another document with these values."""
    told = copy.deepcopy(document)
    for place, value in changes.items():
        part: Any = told
        for step in place[:-1]:
            part = part[step]
        if value is None:
            del part[place[-1]]
        else:
            part[place[-1]] = value
    return told


_SUBJECT, _ACHIEVEMENT = ("credentialSubject",), ("credentialSubject", "achievement")
_FOREIGN = "https://words.example/context.json"

AFTERWARDS: dict[str, tuple[Changes, str]] = {
    "another name": ({("name",): "Medicine", (*_ACHIEVEMENT, "name"): "Medicine"}, "proof"),
    "another recipient": ({(*_SUBJECT, "identifier", 0, "identityHash"): "sha256$" + "0" * 64}, "proof"),
    "another date": ({("awardedDate",): "2020-01-02T03:04:05Z"}, "proof"),
    "a later end": ({("validUntil",): "2199-01-01T00:00:00Z"}, "proof"),
    "other criteria": ({(*_ACHIEVEMENT, "criteria"): {"narrative": "Be kind."}}, "proof"),
    "no status any more": ({("credentialStatus",): None}, "proof"),
    "another place in the status list": ({("credentialStatus", "statusListIndex"): "131071"}, "proof"),
    "an undefined word added": ({("licence",): "to weld"}, "proof"),
    "an undefined word added to the achievement": ({(*_ACHIEVEMENT, "grade"): "A"}, "proof"),
    "a foreign context in the place of the third": ({("@context", 2): _FOREIGN}, "context"),
    "its contexts swapped": (
        {("@context", 0): "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
         ("@context", 1): "https://www.w3.org/ns/credentials/v2"}, "context",
    ),
    "the issuer's name": ({("issuer", "name"): "A famous school"}, "proof"),
}  # fmt: skip

# What the issuer itself signs, wrongly; None takes a member away. Signed text has the same claims beside it.
BY_THE_ISSUER: dict[str, tuple[Changes, str]] = {
    "awarded in the future": ({("awardedDate",): "2099-01-01T00:00:00Z"}, "dates"),
    "without `awardedDate`’s zone": ({("awardedDate",): "2026-01-02T03:04:05"}, "shape"),
    "without its type": ({("type",): ["VerifiableCredential"]}, "not_award"),
    "without the subject's type": ({(*_SUBJECT, "type"): None}, "shape"),
    "without an achievement": ({(*_SUBJECT, "achievement"): None}, "shape"),
    "without the achievement's `name`": ({(*_ACHIEVEMENT, "name"): None}, "shape"),
    "without the achievement's `description`": ({(*_ACHIEVEMENT, "description"): None}, "shape"),
    "without the achievement's `criteria`": ({(*_ACHIEVEMENT, "criteria"): None}, "shape"),
    "without the achievement's `id`": ({(*_ACHIEVEMENT, "id"): None}, "shape"),
    "without the issuer's type": ({("issuer", "type"): None}, "shape"),
    "a status of an unknown kind": ({("credentialStatus", "type"): "Nope"}, "revoked"),
    "its place in the status list is no number": ({("credentialStatus", "statusListIndex"): "first"}, "revoked"),
    "its place is outside the status list": ({("credentialStatus", "statusListIndex"): "99999999"}, "revoked"),
    "its status does not say what it means": ({("credentialStatus", "statusPurpose"): None}, "revoked"),
}
