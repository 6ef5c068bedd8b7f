"""The signature of an award of Open Badges 1 or 2 (JSON Web Signature), and that its key is the issuer's own.

Both must say so: the issuer names the key, and the key names the issuer. A key that the award itself brings along
proves nothing.
"""

from collections.abc import Iterator
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from lti_tool.badges.sentences import sentence_of
from lti_tool.badges.verifying.authority import authority
from lti_tool.badges.verifying.case import Case, not_answered
from lti_tool.badges.verifying.members import as_web, id_of, many
from lti_tool.badges.verifying.outside import NotReached
from lti_tool.badges.verifying.reading import Document, Unreadable, read_json, read_signed_text
from lti_tool.badges.verifying.verdict import Standard
from lti_tool.words import to_say

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_LEAST_RSA_BITS = 2048
_MOST_KEYS = 5
_KEY = to_say("The issuer's key")


class _NoKey(Exception):  # noqa: N818 - it is one of the things that are found out
    """Why there is no key to check with, in a sentence."""


def check_signature(case: Case, signed: str, award: Document, issuer: Document) -> None:
    header, _ = read_signed_text(signed)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        case.failed("proof", to_say("The signature is of a kind that proves nothing: anybody could have made it."))
        return
    if "crit" in header or "b64" in header:
        case.failed("proof", to_say("The signature asks for rules that no badge needs."))
        return
    try:
        keys = [_strong(key) for key in _keys(case, award, issuer)]
    except (_NoKey, NotReached) as why:
        case.failed("proof", sentence_of(why))
        return
    if any(_holds(signed, key, str(algorithm)) for key in keys):
        case.passed("proof", to_say("The signature is right, and its key is the issuer's."))
    else:
        case.failed("proof", to_say("The signature does not fit: the award was changed, or another key signed it."))


def _holds(signed: str, key: Any, algorithm: str) -> bool:
    try:
        jwt.PyJWS(algorithms=[algorithm]).decode(signed, key, algorithms=[algorithm])
    except (jwt.PyJWTError, TypeError, ValueError):
        return False
    return True


def _keys(case: Case, award: Document, issuer: Document) -> Iterator[Any]:
    said = award.get("verification")
    creator = id_of(said.get("creator")) if isinstance(said, dict) else None
    if case.standard is Standard.V1_SIGNED:
        yield _first_key(case, creator, issuer)
        return
    published = many(issuer.get("publicKey"))[:_MOST_KEYS]
    if creator is not None:
        published = [one for one in published if id_of(one) == creator]
    if not published:
        raise _NoKey(to_say("The issuer does not publish the key that signed this award."))
    for one in published:
        yield _second_key(case, one, issuer)


def _second_key(case: Case, said: Any, issuer: Document) -> Any:
    """Open Badges 2.0, CryptographicKey."""
    document = said if isinstance(said, dict) and "publicKeyPem" in said else None
    if document is None:
        address = as_web(id_of(said))
        if address is None:
            raise _NoKey(to_say("The issuer's key has no web address."))
        document = case.document(address, _KEY)
        if document.get("id") != address:
            raise _NoKey(to_say("The issuer's key says that its address is another one than where it was found."))
    if id_of(document.get("owner")) != issuer.get("id"):
        raise _NoKey(to_say("The key that signed this award does not belong to the issuer."))
    return _loaded(document.get("publicKeyPem"))


def _first_key(case: Case, address: str | None, issuer: Document) -> Any:
    """Open Badges 1.1 names the key by the address of its text, which must be on the issuer's server."""
    if as_web(address) is None or address is None:
        raise _NoKey(to_say("The award does not say where its key is."))
    if authority(address) != authority(str(issuer.get("id") or "")):
        raise _NoKey(to_say("The key that signed this award is not on the issuer's server."))
    answer = case.answer(address, _KEY)
    if answer.status != 200:
        raise _NoKey(not_answered(_KEY, answer.status))
    if authority(answer.url) != authority(address):
        raise _NoKey(to_say("The address of the issuer's key leads to another server."))
    try:
        return _loaded(read_json(answer.body).get("publicKeyPem"))
    except Unreadable:
        return _loaded(answer.body.decode("ascii", "replace"))


def _loaded(pem: object) -> Any:
    try:
        if isinstance(pem, str) and len(pem) < 20_000:
            return load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise _NoKey(to_say("The issuer's key cannot be read."))


def _strong(key: Any) -> Any:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        raise _NoKey(to_say("The issuer's key is so short that others could have made the signature."))
    return key
