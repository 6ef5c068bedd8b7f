"""What the text of an address allows: the guard that works before anything is looked up."""

import ipaddress
import re
from typing import NamedTuple

from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from lti_tool.fetch.problem import FetchProblem

# One strict grammar, so that no two parsers differ: no user, no fragment, no escapes in the host.
_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?][^\x00-\x20\x7f\\#]*)?",
    re.IGNORECASE | re.ASCII,
)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_URL = 8192


# Below our own prefix: plain words only, so that no parser can take it for a path that leads up and out.
_OWN = re.compile(r"[A-Za-z0-9_-]+(?:[/.][A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_.=&%:~+-]*)?", re.ASCII)


class Destination(NamedTuple):
    scheme: str
    host: str
    port: int


class Exempt(NamedTuple):
    """What need not be public: hosts by their names, with one port or with all, and addresses that begin with this very
    text.
    """

    hosts: frozenset[str]
    own: str = ""

    def covers(self, url: str, host: str, port: int) -> bool:
        written = f"[{host}]" if ":" in host else host
        if not self.hosts.isdisjoint({host, written, f"{written}:{port}"}):
            return True
        return bool(self.own) and url.startswith(self.own) and bool(_OWN.fullmatch(url[len(self.own) :]))


def destination(url: str, exempt: Exempt) -> Destination:
    """Where an address leads, if its text does not forbid it. Raises FetchProblem."""
    match = _URL.fullmatch(url) if len(url) <= _LONGEST_URL else None
    if match is None or (match["port"] and not 0 < int(match["port"]) < 65_536):
        raise FetchProblem("bad_url", "")
    scheme, host = match["scheme"].lower(), match["host"].lower().strip("[]")
    port = int(match["port"] or (443 if scheme == "https" else 80))
    if not exempt.covers(url, host, port) and (scheme != "https" or _is_inside(host)):
        raise FetchProblem("refused_address", host)
    return Destination(scheme, host, port)


def _is_inside(host: str) -> bool:
    """Whether the text alone shows that a host is not public, in whatever spelling."""
    last_label = host.rstrip(".").rpartition(".")[2]
    # A last label of digits makes all of it an IPv4 address: 127.1, 0x7f000001 (WHATWG URL, section 3.5).
    if ":" not in host and not _NUMBER.fullmatch(last_label):
        return last_label == "localhost"
    try:
        return not is_public(host)
    except ValueError:
        return True


def is_public(address: str) -> bool:
    """Whether a literal address belongs to the open Internet. ValueError for all but the usual spelling."""
    ip = ipaddress.ip_address(address)
    try:
        filter_host(address, 443, allow_loopback=False)
    except InvalidIPAddress:
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or getattr(ip, "is_site_local", False))
