"""Links by which a holder passes an award on. They are plain links: nothing is loaded from anywhere until one is
followed, and they say no more than the award's public page. Pure.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, urlencode

_LINKEDIN = "https://www.linkedin.com/profile/add"


@dataclass(frozen=True, slots=True)
class Shared:
    """What may be said of an award anywhere. `address` is its public page."""

    badge: str
    issuer: str
    issued_on: date
    expires: date | None
    identity: str
    address: str


def mail_link(shared: Shared, sentence: str) -> str:
    """A new message with the badge's name above and the address below `sentence`."""
    body = f"{sentence}\r\n\r\n{shared.address}\r\n"
    return f"mailto:?subject={quote(shared.badge, safe='')}&body={quote(body, safe='')}"


def linkedin_link(shared: Shared) -> str:
    """LinkedIn's form "Licences & certifications", filled in."""
    facts: dict[str, str | int] = {
        "startTask": "CERTIFICATION_NAME",
        "name": shared.badge,
        "organizationName": shared.issuer,
        "issueYear": shared.issued_on.year,
        "issueMonth": shared.issued_on.month,
        "certUrl": shared.address,
        "certId": shared.identity,
    }
    if shared.expires is not None:
        facts |= {"expirationYear": shared.expires.year, "expirationMonth": shared.expires.month}
    return f"{_LINKEDIN}?{urlencode(facts, quote_via=quote)}"
