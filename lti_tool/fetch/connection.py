"""Sessions that connect to the very address that was checked, and never wait longer than the budget."""

import io
import logging
from collections.abc import Mapping
from http.client import HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from math import inf
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_hardened.ip_filter_adapter import IPFilterAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool

from lti_tool.fetch.address import Exempt, is_public
from lti_tool.fetch.budget import in_time, time_left

logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings quote whole URLs, tokens and all


def guarded_session(exempt: Exempt, user_agent: str, authorities: Path | None) -> requests.Session:
    """A session without cookies, proxies or the machine's passwords; what is `exempt` escapes the address check."""
    session: requests.Session = _Session(Config(True, False, True, (3.0, 5.0), user_agent))
    session.mount("http://", _Gate(exempt, tls=False))
    session.mount("https://", _Gate(exempt, tls=True))
    session.trust_env = False  # no proxy and no .netrc of the machine
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = str(authorities) if authorities else True
    return session


class _Session(HTTPSession):  # type: ignore[misc]  # the package carries no types
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None, for requests would first read a redirect's whole body, however long. We follow ourselves."""


class _Gate(IPFilterAdapter):  # type: ignore[misc]  # the package carries no types
    """Connects to the very address that was checked, so a name cannot change its mind between the two."""

    def __init__(self, exempt: Exempt, *, tls: bool) -> None:
        super().__init__(is_https_proto=tls)
        self._exempt = exempt
        self._usual_port = 443 if tls else 80
        self._connection = _TimedTlsConnection if tls else _TimedConnection

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = self._connection
        return pool

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: bool | str, cert: str | tuple[str, str] | None = None
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        url = request.url or ""
        parts = urlsplit(url)
        if self._exempt.covers(url, parts.hostname or "", parts.port or self._usual_port):
            return HTTPAdapter.build_connection_pool_key_attributes(self, request, verify, cert)
        checked = super().build_connection_pool_key_attributes
        place, pool = in_time(lambda: checked(request, verify, cert))
        if not is_public(place["host"].strip("[]")):
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
        self._sock.settimeout(min(self._patience, time_left()))
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
        self.timeout = min(self.timeout or inf, time_left())  # the name lookup has used some of it
        sock = super()._new_conn()
        sock.settimeout(min(self.timeout, time_left()))  # the TLS handshake comes next
        return sock


class _TimedTlsConnection(_TimedConnection, HTTPSConnection):
    pass
