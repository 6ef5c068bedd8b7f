"""Services of a platform: access tokens, and the library's connector with every lax step replaced.

A token is fetched once for all threads, used until shortly before its end, and sent to one origin only: that of the
service's address in the signed launch. Nothing here is called inside a transaction, because it waits for the LMS.
(Security Framework 1.0, section 4; what the library does otherwise is in its ServiceConnector.)
"""

import json
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import jwt
from flask import current_app
from pylti1p3.service_connector import ServiceConnector, TServiceConnectorResponse

from lti_tool.db import db
from lti_tool.fetch import Answer, Fetcher, FetchProblem, Limits
from lti_tool.launch.keys import signing_key
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.link_header import next_link
from lti_tool.launch.messages import C
from lti_tool.launch.service_refusals import (
    ServiceRefused,
    refused_by_fetcher,
    refused_by_service,
    refused_by_token_endpoint,
)
from lti_tool.launch.two_clocks import good_by_both
from lti_tool.words import to_say

FORM = "application/x-www-form-urlencoded"
SERVICE_LIMITS = Limits(connect=5.0, read=20.0, total=30.0, size=8 * 1024 * 1024, redirects=0)
_TOKEN_LIMITS = Limits(connect=5.0, read=10.0, total=15.0, size=64 * 1024, redirects=0)
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_SECONDS = 300
_EARLY = 60.0
_UNSAID, _LONGEST = 300.0, 24 * 3600.0
_TOKEN_LENGTH = 8 * 1024

Origin = tuple[str, str, int | None]
Key = tuple[str, ...]
Method = Literal["GET", "POST", "PUT"]


@dataclass
class _Held:
    """One token of this process, and the lock under which it is fetched."""

    token: str = ""
    until: float = 0.0
    fetching: threading.Lock = field(default_factory=threading.Lock)


class AccessTokens:
    """Access tokens by registration, endpoint, client, audience, deployment and scopes: no tenant sees another's."""

    def __init__(self) -> None:
        self._held: dict[Key, _Held] = {}
        self._guard = threading.Lock()

    def of(self, key: Key) -> _Held:
        with self._guard:
            return self._held.setdefault(key, _Held())

    def forget(self, key: Key, token: str) -> None:
        """The platform no longer takes `token`; one that another thread fetched meanwhile stays."""
        held = self.of(key)
        with held.fetching:
            if held.token == token:
                held.until = 0.0


def access_tokens() -> AccessTokens:
    tokens: AccessTokens = current_app.extensions.setdefault("access_tokens", AccessTokens())
    return tokens


class SafeServiceConnector(ServiceConnector):
    """The library's connector for one service of one deployment. Raises `ServiceRefused`, and nothing of the library.

    `service_url` comes from a signed launch: its origin is the only one that ever gets a token.
    """

    def __init__(self, registration: StrictRegistration, *, deployment_id: str, service_url: str) -> None:
        # The parent would only open a requests session of its own, past our fetcher.
        self._registration = registration
        self._registration_id, self._clock_skew = registration.id, registration.clock_skew
        self._deployment_id = deployment_id
        self._origin = _origin(service_url)

    def get_access_token(self, scopes: Sequence[str]) -> str:
        """A token that is good for `scopes`, from the cache or fetched: one fetch at a time for each kind."""
        key = self._key(scopes)
        held = access_tokens().of(key)
        with held.fetching:
            if time.monotonic() >= held.until:
                asked_at = time.monotonic()
                held.token, seconds = self._fetch_token(scopes)
                held.until = asked_at + seconds
            return held.token

    def send(
        self, method: Method, scopes: Sequence[str], url: str, *, document: Mapping[str, Any] | None = None,
        content_type: str = "application/json", accept: str = "application/json",
    ) -> Answer:  # fmt: skip
        """One call, repeated once with a fresh token after a 401. What is not a success raises `ServiceRefused`."""
        body = None if document is None else json.dumps(document).encode()
        return self._call(method, scopes, url, body, {"Accept": accept, "Content-Type": content_type})

    def make_service_request(
        self, scopes: Sequence[str], url: str, is_post: bool = False, data: str | None = None,
        content_type: str = "application/json", accept: str = "application/json",
        case_insensitive_headers: bool = False,
    ) -> TServiceConnectorResponse:  # fmt: skip
        """The same call as the library asks for it; `next_page_url` is absolute and opaque."""
        body = (data or "").encode() if is_post else None
        headers = {"Accept": accept, "Content-Type": content_type}
        answer = self._call("POST" if is_post else "GET", scopes, url, body, headers)
        return {
            "headers": answer.headers if case_insensitive_headers else dict(answer.headers),  # type: ignore[typeddict-item]
            "body": body_of(answer),
            "next_page_url": next_link(answer.headers.get("Link", ""), url),
        }

    def _call(
        self, method: Method, scopes: Sequence[str], url: str, body: bytes | None, headers: dict[str, str]
    ) -> Answer:
        if _origin(url) != self._origin:
            raise ServiceRefused("service_answer", to_say("The LMS named an address on another server."))
        if body is None:
            del headers["Content-Type"]
        answer = self._call_as(self.get_access_token(scopes), method, url, headers, body)
        if answer.status == 401:
            access_tokens().forget(self._key(scopes), _bearer(headers))
            answer = self._call_as(self.get_access_token(scopes), method, url, headers, body)
        if not 200 <= answer.status < 300:
            raise refused_by_service(answer)
        return answer

    def _call_as(
        self, token: str, method: Method, url: str, headers: dict[str, str], body: bytes | None
    ) -> Answer:  # fmt: skip
        headers["Authorization"] = f"Bearer {token}"
        fetcher = _fetcher()
        verb = {"GET": fetcher.get, "POST": fetcher.post, "PUT": fetcher.put}[method]
        try:
            return verb(url, headers=headers, data=body, limits=SERVICE_LIMITS)
        except FetchProblem as problem:
            raise refused_by_fetcher(problem) from None

    def _key(self, scopes: Sequence[str]) -> Key:
        said = self._registration
        return (
            self._registration_id, str(said.get_auth_token_url()), str(said.get_client_id()),
            str(said.get_auth_audience()), self._deployment_id, *sorted(scopes),
        )  # fmt: skip

    def _fetch_token(self, scopes: Sequence[str]) -> tuple[str, float]:
        url = str(self._registration.get_auth_token_url())
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": self._assertion(),
            "scope": " ".join(sorted(scopes)),
        }
        headers = {"Content-Type": FORM, "Accept": "application/json"}
        try:
            answer = _fetcher().post(url, headers=headers, data=form, limits=_TOKEN_LIMITS)
        except FetchProblem as problem:
            raise refused_by_fetcher(problem) from None
        if answer.status not in (200, 201):
            raise refused_by_token_endpoint(answer)
        body = body_of(answer)
        return _read_token(body if isinstance(body, dict) else {}, scopes)

    def _assertion(self) -> str:
        """Who we are, signed with the registration's own key (Security Framework 1.0, section 4.1.1)."""
        client = str(self._registration.get_client_id())
        begins, ends = good_by_both(time.time(), self._clock_skew, seconds=_ASSERTION_SECONDS)
        claims = {
            "iss": client, "sub": client, "aud": str(self._registration.get_auth_audience()), "iat": begins - 5,
            "exp": ends, "jti": secrets.token_urlsafe(24), C + "deployment_id": self._deployment_id,
        }  # fmt: skip
        key = signing_key(self._registration_id)
        db.session.rollback()  # no read stays open in the database while we wait for the LMS
        return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.kid})


def _bearer(headers: Mapping[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


def _fetcher() -> Fetcher:
    fetcher: Fetcher = current_app.extensions["fetcher"]
    return fetcher


def _origin(url: str) -> Origin:
    """What a browser compares: scheme, host and port."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ServiceRefused("service_answer", to_say("The LMS named an address that cannot be read.")) from None
    return parts.scheme.lower(), parts.hostname or "", port or {"https": 443, "http": 80}.get(parts.scheme.lower())


def body_of(answer: Answer) -> dict[str, Any] | list[Any] | None:
    """An object, an array (AGS lists so), or nothing where a platform has nothing to say."""
    start = answer.body.lstrip()[:1]
    try:
        return answer.json_array() if start == b"[" else answer.json() if start else None
    except FetchProblem as problem:
        raise refused_by_fetcher(problem) from None


def _read_token(said: Mapping[str, Any], scopes: Sequence[str]) -> tuple[str, float]:
    """The token and for how many seconds to use it. (RFC 6749, section 5.1.)"""
    token, granted = said.get("access_token"), said.get("scope")
    if not isinstance(token, str) or not 0 < len(token) <= _TOKEN_LENGTH or not _is_visible(token):
        raise ServiceRefused("service_answer", to_say("The LMS answered without a usable access token."))
    if isinstance(granted, str) and granted.strip() and set(granted.split()).isdisjoint(scopes):
        raise ServiceRefused("scope_refused")
    life = _seconds(said.get("expires_in"))
    return token, life - min(_EARLY, life / 2)


def _is_visible(token: str) -> bool:
    """Only what may stand in a header: visible ASCII without spaces (RFC 6750, section 2.1)."""
    return all("!" <= character <= "~" for character in token)


def _seconds(value: object) -> float:
    """`expires_in`, which some send as text and some not at all; never more than a day."""
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 12 else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 < number < float("inf"):
        return _UNSAID
    return float(min(number, _LONGEST))
