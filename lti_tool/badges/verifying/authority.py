"""Whether an issuer stands behind an award at an address (Open Badges 2.0, VerificationObject of an issuer). Pure.

By default an award must be hosted where its issuer is, port included. An issuer may name other places itself. Redirects
are followed, but not to a third party: a server that forwards to anywhere would otherwise vouch for everybody.
"""

import re
from urllib.parse import urlsplit

from lti_tool.badges.verifying.members import many
from lti_tool.badges.verifying.reading import Document
from lti_tool.words import to_say

_UPWARDS = re.compile(r"(?:/|%2f|%5c)(?:\.|%2e){2}(?:[/?#]|%2f|%5c|\Z)", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}


def authority_fault(award: str, issuer: Document, *, answered: str, issuer_answered: str) -> str:
    """Why the issuer does not vouch for awards at `award`; empty when it does. `answered`: what finally answered."""
    home = authority(str(issuer.get("id") or ""))
    rules = issuer.get("verification")
    rules = rules if isinstance(rules, dict) else {}
    starts = [one for one in many(rules.get("startsWith")) if isinstance(one, str)]
    origins = [one.lower() for one in many(rules.get("allowedOrigins")) if isinstance(one, str)]
    if not home:
        return to_say("The issuer has no web address, so nobody can see who it is.")
    if starts and not any(_begins(award, start) for start in starts):
        return to_say("The address of the award is not below those that its issuer names for its awards.")
    if origins and not _is_one_of(award, origins):
        return to_say("The award is not on one of the servers that its issuer names for its awards.")
    if not starts and not origins and authority(award) != home:
        return to_say("The award is on another server than its issuer, and the issuer does not name that server.")
    trusted = {authority(award), home, authority(issuer_answered)}
    if authority(answered) not in trusted and not _is_one_of(answered, origins):
        return to_say("The address of the award leads to a server that is not its issuer's.")
    return ""


def authority(url: str) -> str:
    """Host and port, the usual port left out; empty for what has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme.lower(), " ")) if parts.hostname else ""


def lies_below(url: str, start: str) -> bool:
    """As text and as a server reads it: for a server `/ada/../eve` lies below `/eve`."""
    return url.startswith(start) and not _UPWARDS.search(url)


def _is_one_of(url: str, origins: list[str]) -> bool:
    """An origin is a host by the standard; many write it with a port or as an address."""
    place = authority(url)
    host = place.rpartition(":")[0] if place.rpartition(":")[2].isdigit() else place
    return any(place in (one, authority(one)) or (host == one and ":" not in place) for one in origins)


def _begins(url: str, start: str) -> bool:
    """As text, but the host of `start` must be whole: `https://a.org` begins `https://a.org.evil.net` as well."""
    return lies_below(url, start) and authority(url) == authority(start)
