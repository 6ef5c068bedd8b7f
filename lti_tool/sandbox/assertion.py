"""Does a client assertion come from the installed tool? (Security Framework 1.0, section 4.1)

Every rule is enforced, also those that widely used platforms skip: the audience, the issuer,
the subject, and that an assertion is used once.
"""

import threading
import time
from typing import Any

import jwt
import requests

from lti_tool.sandbox.settings import SandboxSettings

_LEEWAY = 5
_LONGEST = 3600
_PRIVATE_MEMBERS = {"d", "p", "q", "dp", "dq", "qi", "oth"}


class RefusedAssertionError(Exception):
    """An assertion is refused; the text says why."""


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
                raise RefusedAssertionError("the tool's key set cannot be read") from error
        if not isinstance(keys, list):
            raise RefusedAssertionError(f"the tool's key set answers {answer.status_code}")
        for key in keys:
            if not isinstance(key, dict) or not isinstance(key.get("kid"), str):
                raise RefusedAssertionError("a key of the tool has no kid")
            if _PRIVATE_MEMBERS & key.keys():
                raise RefusedAssertionError("the tool publishes a private key")
        return {key["kid"]: key for key in keys}


class AssertionCheck:
    """Verifies assertions and remembers the ones used."""

    def __init__(self, settings: SandboxSettings, keys: ToolKeys) -> None:
        self._settings = settings
        self._keys = keys
        self._lock = threading.Lock()
        self._used: dict[str, float] = {}

    def verify(self, assertion: str) -> None:
        """Return when the assertion is good; RefusedAssertionError otherwise."""
        claims = self._signed_claims(assertion)
        if claims["iss"] != self._settings.client_id or claims["sub"] != self._settings.client_id:
            raise RefusedAssertionError("iss and sub must both be the client id")
        self._check_times(claims)
        jti = claims["jti"]
        if not isinstance(jti, str) or not jti:
            raise RefusedAssertionError("jti must be text")
        self._use(jti, float(claims["exp"]))

    def _signed_claims(self, assertion: str) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(assertion)
            kid = header.get("kid")
            if not kid:
                raise RefusedAssertionError("the header has no kid")
            key = self._keys.find(kid)
            if key is None:
                raise RefusedAssertionError(f"kid {kid!r} is not in the tool's key set")
            return jwt.decode(
                assertion,
                jwt.PyJWK(key, algorithm="RS256"),
                algorithms=["RS256"],
                audience=self._settings.token_url,
                leeway=_LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "jti"]},
            )
        except (jwt.PyJWTError, ValueError) as error:
            raise RefusedAssertionError(str(error)) from error

    def _check_times(self, claims: dict[str, Any]) -> None:
        if claims["exp"] - claims["iat"] > _LONGEST:
            raise RefusedAssertionError(f"the assertion is good for more than {_LONGEST} seconds")

    def _use(self, jti: str, expires: float) -> None:
        now = time.time()
        with self._lock:
            self._used = {used: until for used, until in self._used.items() if until + _LEEWAY > now}
            if jti in self._used:
                raise RefusedAssertionError("jti was used before")
            self._used[jti] = expires
