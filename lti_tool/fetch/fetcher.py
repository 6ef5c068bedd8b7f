"""The four verbs that reach outside, and what may go with them."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack
from urllib.parse import urldefrag, urljoin

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3.exceptions import HTTPError, InvalidHeader, ReadTimeoutError

from lti_tool.fetch.address import Exempt, destination
from lti_tool.fetch.answer import Answer, read_answer
from lti_tool.fetch.budget import budget, is_spent, time_left
from lti_tool.fetch.connection import guarded_session
from lti_tool.fetch.limits import Limits
from lti_tool.fetch.problem import FetchProblem, Kind

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})


class Asked(TypedDict, total=False):
    """What a request may carry; `data` (form fields or bytes) and `json` exclude each other.

    With `as_it_is` a redirect is an answer like any other, and whoever asked decides where to go from there.
    """

    headers: Mapping[str, str] | None
    data: Mapping[str, str] | bytes | None
    json: object
    limits: Limits
    as_it_is: bool


class Fetcher:
    """Reaches outside addresses. One instance serves every thread; each thread keeps its own connections.

    `private_hosts` may be private or loopback and may use plain http; a name with a port means that port alone.
    `authorities` is a PEM file of certificate authorities to trust in place of the public ones.
    `own` begins those addresses of our own that may be reached wherever we live (decision 31).
    Every verb returns an Answer or raises FetchProblem.
    """

    def __init__(
        self, private_hosts: frozenset[str], user_agent: str, *, authorities: Path | None = None, own: str = ""
    ) -> None:  # fmt: skip
        self._exempt = Exempt(frozenset(name.lower() for name in private_hosts), own)
        self._user_agent = user_agent
        self._authorities = authorities
        self._threads = threading.local()

    def may_reach(self, url: str) -> None:
        """FetchProblem when the text of `url` alone forbids it. A DNS name is checked on connecting."""
        destination(url, self._exempt)

    def get(self, url: str, **asked: Unpack[Asked]) -> Answer:
        """Follows redirects as far as the limits say, each checked like the first address."""
        return self._in_budget("GET", url, asked)

    def post(self, url: str, **asked: Unpack[Asked]) -> Answer:
        return self._in_budget("POST", url, asked)

    def put(self, url: str, **asked: Unpack[Asked]) -> Answer:
        return self._in_budget("PUT", url, asked)

    def delete(self, url: str, **asked: Unpack[Asked]) -> Answer:
        return self._in_budget("DELETE", url, asked)

    def _in_budget(self, method: str, url: str, asked: Asked) -> Answer:
        limits = asked.get("limits") or Limits()
        with budget(limits.total):
            return self._follow(method, url, asked, limits)

    def _follow(self, method: str, url: str, asked: Asked, limits: Limits) -> Answer:
        headers = dict(asked.get("headers") or {})
        for hops_left in range(limits.redirects if method == "GET" else 0, -1, -1):
            here = destination(url, self._exempt)
            try:
                with self._send(method, url, headers, asked, limits) as response:
                    leads_on = response.status_code in _REDIRECTS and "Location" in response.headers
                    if not leads_on or asked.get("as_it_is"):
                        return read_answer(response, url, limits.size, here.host)
                    onward = urldefrag(urljoin(url, response.headers["Location"])).url
            except (OSError, ValueError, HTTPError) as error:
                # The chained text quotes the whole URL, so it ends here.
                raise FetchProblem(_kind_of(error), here.host) from None
            if hops_left and destination(onward, self._exempt) != here:
                headers = {name: text for name, text in headers.items() if name.lower() not in _SECRETS}
            url = onward
        raise FetchProblem("redirected", here.host)

    def _send(self, method: str, url: str, headers: dict[str, str], asked: Asked, limits: Limits) -> requests.Response:
        left = time_left()
        return self._session().request(
            method,
            url,
            headers={"Accept-Encoding": "gzip, deflate", **headers},
            data=asked.get("data"),
            json=asked.get("json"),
            stream=True,
            timeout=(min(limits.connect, left), min(limits.read, left)),
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._threads, "session", None)
        if session is None:
            session = guarded_session(self._exempt, self._user_agent, self._authorities)
            self._threads.session = session
        return session


def _kind_of(error: Exception) -> Kind:
    """What went wrong in our words; requests keeps the cause of its own errors among their arguments."""
    causes = {cause for kept in (error, *error.args) for cause in type(kept).mro()}
    if InvalidIPAddress in causes:
        return "refused_address"
    if causes & {TimeoutError, requests.Timeout, ReadTimeoutError} or is_spent():
        return "too_slow"
    if requests.exceptions.SSLError in causes:
        return "bad_tls"
    # An impossible header is our caller's when requests says so, the server's when urllib3 does.
    return "bad_url" if ValueError in causes and InvalidHeader not in causes else "unreachable"
