"""The only way to addresses outside, because other people choose most of them (decision 12).

An address that a platform, a badge or a form brings may point at our own network, answer one byte a minute,
or answer with gigabytes. So: https and public addresses only, one time budget over everything, and a cap on
the body as it is after decompression. The operator may name exceptions, and a name means just that text.
"""

import io
import ipaddress
import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from math import inf
from pathlib import Path
from socket import socket
from time import monotonic
from typing import Any, Literal, NamedTuple, TypedDict, TypeVar, Unpack
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress, filter_host
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import HTTPError, InvalidHeader, ReadTimeoutError

logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings quote whole URLs, tokens and all

Kind = Literal[
    "refused_address", "unreachable", "too_slow", "too_large", "redirected", "bad_tls", "bad_url", "not_json"
]
_Result = TypeVar("_Result")

# One strict grammar, so that no two parsers differ: no user, no fragment, no escapes in the host.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?][^\x00-\x20\x7f\\#]*)?",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_URL = 8192
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SECRETS = frozenset({"authorization", "proxy-authorization", "cookie"})
_DEEPEST_JSON = 64
_PIECE = 16_384

_deadline: ContextVar[float] = ContextVar("deadline")


class FetchProblem(Exception):  # noqa: N818 - it is the word that people read
    """Why there is no answer. `host` is a bare name: neither it nor the text can carry a query or a token."""

    def __init__(self, kind: Kind, host: str) -> None:
        super().__init__(kind, host)
        self.kind: Kind = kind
        self.host = host

    def __str__(self) -> str:
        return f"{self.kind}: {self.host or 'the address'}"


@dataclass(frozen=True)
class Limits:
    """Seconds to connect, between two pieces, and altogether; bytes of the decoded body; redirects to follow.

    `total` covers name lookup, every redirect and the body. Only GET is ever redirected.
    """

    connect: float = 3.0
    read: float = 5.0
    total: float = 5.0
    size: int = 262_144
    redirects: int = 0


class Asked(TypedDict, total=False):
    """What a request may carry; `data` (form fields or bytes) and `json` exclude each other."""

    headers: Mapping[str, str] | None
    data: Mapping[str, str] | bytes | None
    json: object
    limits: Limits


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. `headers` ignores case; `url` is the last one after redirects."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    reason: str = ""

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; FetchProblem `not_json` for anything else, or if two keys are equal."""
        return self._strict(dict)

    def json_array(self) -> list[Any]:
        """The body as a JSON array (AGS lists line items and results so), under the same rules."""
        return self._strict(list)

    def _strict(self, shape: type[_Result]) -> _Result:
        try:
            text = self.body.decode("utf-8-sig")
            value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_number)
            _refuse_depth(value)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, shape):
            raise FetchProblem("not_json", urlsplit(self.url).hostname or "")
        return value


class Fetcher:
    """Reaches outside addresses. One instance serves every thread; each thread keeps its own connections.

    `private_hosts` are names without port that may be private or loopback and may use plain http.
    `authorities` is a PEM file of certificate authorities to trust in place of the public ones.
    Every verb returns an Answer or raises FetchProblem.
    """

    def __init__(self, private_hosts: frozenset[str], user_agent: str, *, authorities: Path | None = None) -> None:
        self._private_hosts = frozenset(name.lower().strip("[]") for name in private_hosts)
        self._user_agent = user_agent
        self._authorities = authorities
        self._threads = threading.local()

    def may_reach(self, url: str) -> None:
        """FetchProblem when the text of `url` alone forbids it. A DNS name is checked on connecting."""
        _destination(url, self._private_hosts)

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
        before = _deadline.set(monotonic() + limits.total)
        try:
            return self._follow(method, url, asked, limits)
        finally:
            _deadline.reset(before)

    def _follow(self, method: str, url: str, asked: Asked, limits: Limits) -> Answer:
        headers = dict(asked.get("headers") or {})
        for hops_left in range(limits.redirects if method == "GET" else 0, -1, -1):
            here = _destination(url, self._private_hosts)
            try:
                with self._send(method, url, headers, asked, limits) as response:
                    if response.status_code not in _REDIRECTS or "Location" not in response.headers:
                        return _answer(response, limits.size, here.host)
                    onward = urldefrag(urljoin(url, response.headers["Location"])).url
            except (OSError, ValueError, HTTPError) as error:
                # The chained text quotes the whole URL, so it ends here.
                raise FetchProblem(_kind_of(error), here.host) from None
            if hops_left and _destination(onward, self._private_hosts) != here:
                headers = {name: text for name, text in headers.items() if name.lower() not in _SECRETS}
            url = onward
        raise FetchProblem("redirected", here.host)

    def _send(self, method: str, url: str, headers: dict[str, str], asked: Asked, limits: Limits) -> requests.Response:
        left = _left()
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
            session = _Session(Config(True, False, True, (3.0, 5.0), self._user_agent))
            session.mount("http://", _Gate(self._private_hosts, tls=False))
            session.mount("https://", _Gate(self._private_hosts, tls=True))
            session.trust_env = False  # no proxy and no .netrc of the machine
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.verify = str(self._authorities) if self._authorities else True
            self._threads.session = session
        return session


class _Session(HTTPSession):  # type: ignore[misc]  # the package carries no types
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None, for requests would first read a redirect's whole body, however long. We follow ourselves."""


class _Gate(IPFilterAdapter):  # type: ignore[misc]  # the package carries no types
    """Connects to the very address that was checked, so a name cannot change its mind between the two."""

    def __init__(self, private_hosts: frozenset[str], *, tls: bool) -> None:
        super().__init__(is_https_proto=tls)
        self._private_hosts = private_hosts
        self._connection = _TimedTlsConnection if tls else _TimedConnection

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._connection
        return pool

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        if urlsplit(request.url or "").hostname in self._private_hosts:
            return HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        checked = super().build_connection_pool_key_attributes
        place, pool = _in_time(lambda: checked(request, verify, cert))
        if not _is_public(place["host"].strip("[]")):
            raise InvalidIPAddress
        return place, pool


class _TimedReader(io.RawIOBase):
    """A socket's bytes, where no wait outlasts the budget: a server that drips cannot hold us."""

    def __init__(self, sock: socket, raw: io.RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._patience = sock.gettimeout() or inf

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # type: ignore[override]
        self._sock.settimeout(min(self._patience, _left()))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(sock, self.fp.detach()))


class _TimedConnection(HTTPConnection):
    response_class = _TimedResponse

    def _new_conn(self) -> socket:
        self.timeout = min(self.timeout or inf, _left())  # the name lookup has used some of it
        sock = super()._new_conn()
        sock.settimeout(min(self.timeout, _left()))  # the TLS handshake comes next
        return sock


class _TimedTlsConnection(_TimedConnection, HTTPSConnection):
    pass


class _Destination(NamedTuple):
    scheme: str
    host: str
    port: int


def _destination(url: str, private_hosts: frozenset[str]) -> _Destination:
    """Where an address leads, if its text does not forbid it. Raises FetchProblem."""
    match = _URL.fullmatch(url) if len(url) <= _LONGEST_URL else None
    if match is None or (match["port"] and not 0 < int(match["port"]) < 65_536):
        raise FetchProblem("bad_url", "")
    scheme, host = match["scheme"].lower(), match["host"].lower().strip("[]")
    if host not in private_hosts and (scheme != "https" or _is_inside(host)):
        raise FetchProblem("refused_address", host)
    return _Destination(scheme, host, int(match["port"] or (443 if scheme == "https" else 80)))


def _is_inside(host: str) -> bool:
    """Whether the text alone shows that a host is not public, in whatever spelling."""
    last_label = host.rstrip(".").rpartition(".")[2]
    # A last label of digits makes all of it an IPv4 address: 127.1, 0x7f000001 (WHATWG URL, section 3.5).
    if ":" not in host and not _NUMBER.fullmatch(last_label):
        return last_label == "localhost"
    try:
        return not _is_public(host)
    except ValueError:
        return True


def _is_public(address: str) -> bool:
    """Whether a literal address belongs to the open Internet. ValueError for all but the usual spelling."""
    ip = ipaddress.ip_address(address)
    try:
        filter_host(address, 443, allow_loopback=False)
    except InvalidIPAddress:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False))


def _left() -> float:
    left = _deadline.get() - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _in_time(work: Callable[[], _Result]) -> _Result:
    """What `work` returns, or TimeoutError: the system's name lookup knows no timeout of its own."""
    outcome: Future[_Result] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except Exception as error:
            outcome.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return outcome.result(_left())


def _answer(response: requests.Response, size: int, host: str) -> Answer:
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:19]) > size:
        raise FetchProblem("too_large", host)
    body = bytearray()
    for piece in response.iter_content(_PIECE):  # decoded, and never more than a piece at once
        body += piece
        if len(body) > size:
            raise FetchProblem("too_large", host)
    return Answer(response.status_code, response.headers, bytes(body), response.url, response.reason)


def _kind_of(error: Exception) -> Kind:
    """What went wrong in our words; requests keeps the cause of its own errors among their arguments."""
    causes = {cause for kept in (error, *error.args) for cause in type(kept).mro()}
    if InvalidIPAddress in causes:
        return "refused_address"
    if causes & {TimeoutError, requests.Timeout, ReadTimeoutError} or monotonic() >= _deadline.get():
        return "too_slow"
    if requests.exceptions.SSLError in causes:
        return "bad_tls"
    # An impossible header is our caller's when requests says so, the server's when urllib3 does.
    return "bad_url" if ValueError in causes and InvalidHeader not in causes else "unreachable"


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("two keys are equal")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _refuse_depth(value: object, left: int = _DEEPEST_JSON) -> None:
    """ValueError for what is nested deeper than any honest document, before somebody recurses into it."""
    if left == 0:
        raise ValueError("nested too deep")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in inside:
        if isinstance(child, (dict, list)):
            _refuse_depth(child, left - 1)
