"""Proofs of the kind `eddsa-rdfc-2022` (W3C Data Integrity EdDSA Cryptosuites v1.0, section 3.2).

What is signed: the hash of the canonical proof without its value, and behind it the hash of the canonical document
without its proofs. Whose key it is, and whether it was allowed to sign, is for whoever asks to find out.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lti_tool.badges.openbadge.canonical import CanonicalError, canonical
from lti_tool.badges.openbadge.documents import timestamp
from lti_tool.badges.openbadge.multikey import MultikeyError, decode_base58
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.words import to_say

SUITE = "eddsa-rdfc-2022"
_PROOF_TYPE = "DataIntegrityProof"
_LONGEST_VALUE = 120  # 64 bytes are at most 88 characters
_KNOWN = {"@context", "id", "type", "cryptosuite", "created", "expires", "verificationMethod", "proofPurpose",
          "proofValue", "domain", "challenge", "nonce"}  # fmt: skip
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)\Z")


class ProofError(ValueError):
    """The proof does not hold, or is of a kind that is not known here. The text says why."""


def add_proof(
    credential: Mapping[str, Any], private_key: Ed25519PrivateKey, *, method: str, created: datetime
) -> dict[str, Any]:  # fmt: skip
    """The credential with its proof, in a list as the strict schema of Open Badges asks. Raises ProofError for a
    credential that a signature cannot cover whole.
    """
    bare = _without_proof(credential)
    options = {
        "type": _PROOF_TYPE, "cryptosuite": SUITE, "created": timestamp(created), "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }  # fmt: skip
    value = private_key.sign(_to_sign(bare, options))
    return {**bare, "proof": [{**options, "proofValue": "z" + base58.b58encode(value).decode("ascii")}]}


def check_proof(credential: Mapping[str, Any], proof: Mapping[str, Any], public_key: Ed25519PublicKey) -> None:
    """Does the key's owner stand behind this credential? `proof` is one of its proofs. Raises ProofError.

    A proof of another purpose, suite or form is no proof; so is one with members that its signature cannot cover.
    """
    _check_form(proof)
    bare = _without_proof(credential)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    if "@context" in options:
        bare["@context"] = _context_of_proof(bare, options.pop("@context"))
    try:
        signature = decode_base58(proof["proofValue"], longest=_LONGEST_VALUE)
        public_key.verify(signature, _to_sign(bare, options))
    except MultikeyError as error:
        raise ProofError(to_say("the value of the proof is no signature")) from error
    except InvalidSignature as error:
        raise ProofError(
            to_say("the signature does not fit: the badge was changed, or another key signed it")
        ) from error


def _check_form(proof: Mapping[str, Any]) -> None:
    if proof.get("type") != _PROOF_TYPE or proof.get("cryptosuite") != SUITE:
        raise ProofError(Sentence(to_say("only proofs of the kind %(suite)s are known here"), suite=SUITE))
    if proof.get("proofPurpose") != "assertionMethod":
        raise ProofError(to_say("the proof is for another purpose than to issue a badge"))
    if proof.keys() - _KNOWN:
        raise ProofError(to_say("the proof has members that are not known here"))
    for name in ("verificationMethod", "proofValue"):
        if not isinstance(proof.get(name), str):
            raise ProofError(Sentence(to_say("the proof has no %(name)s"), name=name))
    for name in ("created", "expires"):
        if name in proof and not (isinstance(proof[name], str) and _TIME.match(proof[name])):
            raise ProofError(Sentence(to_say("the proof's %(name)s is no time"), name=name))


def _context_of_proof(bare: Mapping[str, Any], given: Any) -> list[Any]:
    """A proof may bring its contexts along, if the document's begin with them (Data Integrity 1.0, section 4.4)."""
    own, brought = (one if isinstance(one, list) else [one] for one in (bare.get("@context"), given))
    if own[: len(brought)] != brought:
        raise ProofError(to_say("the proof has other contexts than the badge"))
    return brought


def _without_proof(credential: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in credential.items() if name != "proof"}


def _to_sign(bare: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    try:
        lines = canonical({**options, "@context": bare.get("@context")}), canonical(bare)
    except CanonicalError as error:
        raise ProofError(
            Sentence(to_say("the badge cannot be checked as linked data: %(why)s"), why=sentence_of(error))
        ) from error
    return b"".join(hashlib.sha256(text.encode()).digest() for text in lines)
