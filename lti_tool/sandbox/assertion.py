"""Does a client assertion come from an installed tool? (Security Framework 1.0, section 4.1)

Every rule is enforced, also those that widely used platforms skip: the audience, the issuer,
the subject, and that an assertion is used once.
"""

import threading
import time

from lti_tool.sandbox.tool_keys import RefusedSignatureError, signed_claims, unverified_issuer
from lti_tool.sandbox.tools import InstalledTool, Tools

_LEEWAY = 5
_REQUIRED = ("iss", "sub", "aud", "exp", "iat", "jti")


class AssertionCheck:
    """Verifies assertions and remembers the ones used."""

    def __init__(self, token_url: str, tools: Tools) -> None:
        self._token_url = token_url
        self._tools = tools
        self._lock = threading.Lock()
        self._used: dict[tuple[str, str], float] = {}

    def verify(self, assertion: str, *, audience: str | None = None, skew: float = 0.0) -> InstalledTool:
        """Whose assertion this is; RefusedSignatureError unless all about it is good.

        `audience` in the place of the token endpoint, by a clock that is `skew` seconds ahead.
        """
        tool = self._tools.find(unverified_issuer(assertion))
        if tool is None or not tool.is_active:
            raise RefusedSignatureError("iss and sub must both be the client id of an installed tool")
        claims = signed_claims(
            assertion, tool.keys, audience=audience or self._token_url, required=_REQUIRED, skew=skew
        )
        if claims["iss"] != tool.client_id or claims["sub"] != tool.client_id:
            raise RefusedSignatureError("iss and sub must both be the client id")
        jti = claims["jti"]
        if not isinstance(jti, str) or not jti:
            raise RefusedSignatureError("jti must be text")
        self._use((tool.client_id, jti), float(claims["exp"]))
        return tool

    def _use(self, jti: tuple[str, str], expires: float) -> None:
        now = time.time()
        with self._lock:
            self._used = {used: until for used, until in self._used.items() if until + _LEEWAY > now}
            if jti in self._used:
                raise RefusedSignatureError("jti was used before")
            self._used[jti] = expires
