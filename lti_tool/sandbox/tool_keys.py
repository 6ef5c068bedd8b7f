"""A tool's public keys, and what it signed with one of them (Security Framework 1.0, sections 4.1 and 5.2)."""

import threading
import time
from typing import Any

import jwt
import requests

from lti_tool.sandbox.scores import is_number

_LEEWAY = 5
_LONGEST = 3600
# PyJWT passes some of Python's own errors on: a time of infinity, a document nested a thousand levels deep.
_UNREADABLE = (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError)
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}


class RefusedSignatureError(Exception):
    """What a tool signed is refused; the text says why."""


class ToolKeys:
    """The tool's public keys, fetched when first needed and again for a `kid` not yet known."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._keys: dict[str, dict[str, Any]] = {}

    def find(self, kid: str) -> dict[str, Any] | None:
        """The published key with this `kid`; raises when the key set itself is wrong."""
        with self._lock:
            if kid not in self._keys:
                self._keys = self._fetch()
            return self._keys.get(kid)

    def _fetch(self) -> dict[str, dict[str, Any]]:
        with requests.Session() as session:
            session.trust_env = False
            try:
                answer = session.get(self._url, timeout=5, allow_redirects=False)
                keys = answer.json()["keys"] if answer.status_code == 200 else None
            except (requests.RequestException, ValueError, KeyError, TypeError) as error:
                raise RefusedSignatureError("the tool's key set cannot be read") from error
        if not isinstance(keys, list):
            raise RefusedSignatureError(f"the tool's key set answers {answer.status_code}")
        for key in keys:
            if not isinstance(key, dict) or not isinstance(key.get("kid"), str):
                raise RefusedSignatureError("a key of the tool has no kid")
            if _PRIVATE_MEMBERS & key.keys():
                raise RefusedSignatureError("the tool publishes a private key")
        return {key["kid"]: key for key in keys}


def signed_claims(
    token: str, keys: ToolKeys, *, audience: str, required: tuple[str, ...], skew: float = 0.0
) -> dict[str, Any]:
    """What the tool signed for `audience`, while it is good; RefusedSignatureError otherwise.

    `skew`: so many seconds is our clock ahead.
    """
    try:
        kid = jwt.get_unverified_header(token).get("kid")
        if not kid:
            raise RefusedSignatureError("the header has no kid")
        key = keys.find(kid)
        if key is None:
            raise RefusedSignatureError(f"kid {kid!r} is not in the tool's key set")
        claims: dict[str, Any] = jwt.decode(
            token, jwt.PyJWK(key, algorithm="RS256"), algorithms=["RS256"], audience=audience, leeway=_LEEWAY,
            options={"require": list(required), "verify_exp": not skew, "verify_iat": not skew},
        )  # fmt: skip
    except _UNREADABLE as error:
        raise RefusedSignatureError(str(error)) from error
    if not is_number(claims["exp"]) or not is_number(claims["iat"]):
        raise RefusedSignatureError("exp and iat must be numbers")
    if skew and not claims["iat"] - _LEEWAY <= time.time() + skew <= claims["exp"] + _LEEWAY:
        raise RefusedSignatureError("it is not good at this time")
    if claims["exp"] - claims["iat"] > _LONGEST:
        raise RefusedSignatureError(f"it is good for more than {_LONGEST} seconds")
    return claims


def unverified_issuer(token: str) -> object:
    """Who says that they signed this: it only chooses whose keys are looked at."""
    try:
        return jwt.decode(token, options={"verify_signature": False}).get("iss")
    except _UNREADABLE as error:
        raise RefusedSignatureError(str(error)) from error
