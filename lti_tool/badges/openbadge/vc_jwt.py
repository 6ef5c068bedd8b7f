"""Credentials as signed text: VC-JWT as Open Badges 3.0 means it (section 8.2.4, "JSON Web Token Proof Format").

The payload is the credential itself, and beside its members the registered claims that say the same again. A verifier
that reads one and a wallet that reads the other must not see two badges, so both have to agree. The key decides which
algorithm is right, never the text.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jwt.utils import base64url_decode

from lti_tool.badges.openbadge.strict_json import JsonError, parse_object
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.words import to_say

MAX_TEXT = 512 * 1024
_RSA_BITS = range(2048, 8193)
_REGISTERED = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti"})
_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

PrivateKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey: TypeAlias = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey


class JwtError(ValueError):
    """The text is no signed credential, or not one that holds. The text of the error says why."""


def sign_jwt(credential: Mapping[str, Any], private_key: PrivateKey, *, kid: str) -> str:
    """The credential as compact signed text. `kid` is the address at which the key stands as a bare JWK."""
    claims = {name: value for name, value in credential.items() if name != "proof"}
    claims |= {"iss": _id(credential.get("issuer")), "jti": credential["id"]}
    claims["nbf"] = int(moment(credential["validFrom"]).timestamp())
    if "validUntil" in credential:
        claims["exp"] = int(moment(credential["validUntil"]).timestamp())
    subject = _id(credential.get("credentialSubject"))
    if subject is not None:
        claims["sub"] = subject
    algorithm = _algorithm(private_key.public_key())
    return jwt.encode(claims, private_key, algorithm=algorithm, headers={"kid": kid, "typ": "JWT"})


def read_jwt(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and payload, as they are written: nothing of it is proven. Raises JwtError."""
    if len(text) > MAX_TEXT:
        raise JwtError(to_say("the text is too long"))
    parts = text.split(".")
    if len(parts) != 3 or not all(part and _ALPHABET.issuperset(part) for part in parts):
        raise JwtError(to_say("this is no signed text"))
    try:
        header, payload = (parse_object(base64url_decode(part), longest=MAX_TEXT) for part in parts[:2])
    except JsonError as error:
        raise JwtError(
            Sentence(to_say("a part of the signed text cannot be read: %(why)s"), why=sentence_of(error))
        ) from error
    except ValueError as error:
        raise JwtError(to_say("this is no signed text")) from error
    return header, payload


def credential_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The credential of a payload: its own members, or those of the older claim `vc`. Raises JwtError."""
    if "vc" not in payload:
        return {name: value for name, value in payload.items() if name not in _REGISTERED}
    if not isinstance(payload["vc"], Mapping) or payload.keys() - _REGISTERED - {"vc"}:
        raise JwtError(to_say('beside the claim "vc" stand members of another credential'))
    return dict(payload["vc"])


def check_jwt(text: str, key: Mapping[str, Any] | PublicKey) -> dict[str, Any]:
    """The credential that the owner of the key has signed. `key` is their JWK, or the key itself. Raises JwtError.

    Whether it is the issuer's key, and whether the badge has expired or was revoked, is for whoever asks to find out.
    """
    header, payload = read_jwt(text)
    public = key_of_jwk(key) if isinstance(key, Mapping) else key
    algorithm = _algorithm(public)
    if header.get("alg") != algorithm:
        raise JwtError(to_say("it is signed by another algorithm than its key is made for"))
    if "crit" in header or header.get("b64") is False:
        raise JwtError(to_say("its header asks for something that is not known here"))
    unjudged = {"verify_signature": True, **dict.fromkeys(_UNJUDGED, False)}
    try:
        jwt.decode(text, public, algorithms=[algorithm], options=unjudged)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError as error:
        raise JwtError(to_say("the signature does not fit: the badge was changed, or another key signed it")) from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise JwtError(to_say("the signed text cannot be checked")) from error
    credential = credential_in(payload)
    _check_claims(payload, credential)
    return credential


_UNJUDGED = ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti")


def key_of_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    """The public key behind a JWK: RSA, P-256 or Ed25519. Raises JwtError for every other, shared secrets too."""
    kinds = [("RSA", None), ("EC", "P-256"), ("OKP", "Ed25519")]  # a list: what is compared may be anything
    kind = jwk.get("kty"), jwk.get("crv")
    if kind not in kinds or any(isinstance(value, str) and len(value) > 4000 for value in jwk.values()):
        raise JwtError(to_say("the key is of a kind that is not known here"))
    public = {name: jwk[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in jwk}
    try:
        found = jwt.PyJWK.from_dict(public, algorithm={"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}[kind[0]]).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise JwtError(to_say("the key cannot be read")) from error
    if not isinstance(found, RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey):
        raise JwtError(to_say("the key is of a kind that is not known here"))
    _algorithm(found)
    return found


def moment(text: Any) -> datetime:
    """A time with its zone, as credentials write it. Raises JwtError."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise JwtError(to_say("a time of the badge cannot be read")) from error
    if found.tzinfo is None:
        raise JwtError(to_say("a time of the badge has no zone"))
    try:
        return found.astimezone(UTC)
    except OverflowError as error:
        raise JwtError(to_say("a time of the badge cannot be read")) from error


def _check_claims(payload: Mapping[str, Any], credential: Mapping[str, Any]) -> None:
    """The registered claims say what the credential says (Open Badges 3.0, section 8.2.4.1)."""
    same = {"iss": _id(credential.get("issuer")), "jti": credential.get("id"),
            "sub": _id(credential.get("credentialSubject"))}  # fmt: skip
    for claim, value in same.items():
        if payload.get(claim) != value or not (isinstance(value, str) or (claim == "sub" and value is None)):
            raise JwtError(Sentence(to_say('the claim "%(claim)s" says something else than the badge'), claim=claim))
    started = credential.get("validFrom", credential.get("issuanceDate"))
    _check_time(payload, "nbf", started)
    ended = credential.get("validUntil", credential.get("expirationDate"))
    if ended is not None or "exp" in payload:
        _check_time(payload, "exp", ended)


def _check_time(payload: Mapping[str, Any], claim: str, said: Any) -> None:
    """The claim counts seconds; the credential may count parts of them."""
    seconds = payload.get(claim)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise JwtError(Sentence(to_say('the claim "%(claim)s" is missing'), claim=claim))
    if not -1 < seconds - moment(said).timestamp() < 1:
        raise JwtError(Sentence(to_say('the claim "%(claim)s" says another time than the badge'), claim=claim))


def _algorithm(key: PublicKey) -> str:
    if isinstance(key, RSAPublicKey) and key.key_size in _RSA_BITS:
        return "RS256"
    if isinstance(key, EllipticCurvePublicKey) and key.curve.name == "secp256r1":
        return "ES256"
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA"
    raise JwtError(to_say("the key is too weak, or of a kind that is not known here"))


def _id(value: Any) -> Any:
    """A thing's address, where it stands as an object or as its address alone."""
    return value.get("id") if isinstance(value, Mapping) else value
