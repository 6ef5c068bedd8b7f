"""The id_token before anything is believed: its form, its signature, its times. Pure; strict where libraries are lax.

LTI Security Framework 1.0, section 5.1.3, steps 1 and 6 to 9; RFC 7515 for the form. The leeway is decision 17.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.words import to_say

TOKEN_BYTES = 64 * 1024
LEEWAY = 60
OLDEST = 600
LONGEST = 24 * 3600
_ENDED = Sentence(to_say("It ended %(seconds)s seconds ago by this tool's clock."))
_ISSUED_AGO = Sentence(to_say("It was issued %(seconds)s seconds ago by this tool's clock."))
_ISSUED_AHEAD = Sentence(to_say("It was issued %(seconds)s seconds from now by this tool's clock."))
_FURTHEST = 10**12  # seconds, past the year 30000


@dataclass(frozen=True)
class Token:
    """A well-formed token whose signature nobody has checked yet."""

    kid: str
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def read_token(text: str) -> Token:
    """Take a compact JWS apart. Raises `Problem` for anything that is not exactly one RS256 token with a kid."""
    if len(text) > TOKEN_BYTES:
        raise Problem("token_too_large")
    parts = text.split(".")
    if len(parts) != 3:
        raise Problem("token_malformed")
    header, claims = _object(_decode(parts[0])), _object(_decode(parts[1]))
    if header.get("alg") != "RS256":
        raise Problem("algorithm_refused")
    if "crit" in header or header.get("b64") is False:
        raise Problem("algorithm_refused", to_say("The token asks for extensions that this tool does not know."))
    kid = header.get("kid")
    if kid is None:
        raise Problem("kid_missing")
    if not isinstance(kid, str) or not 0 < len(kid) <= 255:
        raise Problem("token_malformed")
    return Token(kid, claims, f"{parts[0]}.{parts[1]}".encode("ascii"), _decode(parts[2]))


def check_signature(token: Token, key: RSAPublicKey) -> None:
    """Step 1: the signature is the platform's."""
    try:
        key.verify(token.signature, token.signed, PKCS1v15(), SHA256())
    except InvalidSignature:
        raise Problem("signature_wrong") from None


def check_parties(claims: dict[str, Any], *, issuer: str, client_id: str) -> None:
    """Steps 2 to 5: issuer and audience are exactly the registration's, and no stranger shares the token."""
    said = claims.get("iss")
    if not isinstance(said, str):
        raise Problem("claim_malformed", to_say("The issuer is not text."))
    if said != issuer:
        raise Problem("registration_mismatch")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not audiences or any(one != client_id for one in audiences):
        raise Problem("audience_wrong")
    if "azp" in claims and claims["azp"] != client_id:
        raise Problem("audience_wrong")


def check_times(claims: dict[str, Any], *, now: float) -> None:
    """Steps 7 and 8: exp, iat and nbf are numbers and fit the moment, with one leeway for all."""
    issued, ends = _number(claims.get("iat")), _number(claims.get("exp"))
    if ends <= issued or ends - issued > LONGEST:
        raise Problem("token_time")
    if issued > now + LEEWAY or issued < now - OLDEST:
        raise Problem("token_time", _off(now - issued))
    if "nbf" in claims and _number(claims["nbf"]) > now + LEEWAY:
        raise Problem("token_time")
    if ends < now - LEEWAY:
        raise Problem("token_expired", _ENDED(seconds=f"{now - ends:.0f}"))


def _off(seconds: float) -> str:
    issued = _ISSUED_AGO if seconds > 0 else _ISSUED_AHEAD
    return issued(seconds=f"{abs(seconds):.0f}")


def _number(value: object) -> float:
    """Seconds of an honest clock; JSON knows integers that are larger than every float."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _FURTHEST:
        raise Problem("token_time")
    return value


def _decode(part: str) -> bytes:
    """base64url as RFC 7515 writes it: no padding, no white space, no spare bits."""
    try:
        data = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise Problem("token_malformed") from None
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii") != part:
        raise Problem("token_malformed")
    return data


def _object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Problem("token_malformed") from None
    if not isinstance(value, dict):
        raise Problem("token_malformed")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A doubled member could be read one way here and another way elsewhere."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled member")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(name)
