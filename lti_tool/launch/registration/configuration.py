"""An LMS's OpenID configuration, read strictly where it counts and patiently where LMSs differ. Pure.

(LTI Dynamic Registration 1.0, section 3.4; OpenID Connect Discovery 1.0.)
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.notices.offer import SCOPE as NOTICES
from lti_tool.people.names import clean_text
from lti_tool.words import to_say

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
_ACCOUNT = "https://canvas.instructure.com/lti/account_name"
ADDRESS_LENGTH = 2000
FAMILY_LENGTH = 40
_MESSAGES, _PLACEMENTS, _ALGORITHMS, _SCOPES = 40, 60, 40, 100
_UNNAMED = Sentence(to_say("The LMS's configuration does not name its %(name)s."))
_NO_ADDRESS = Sentence(to_say("The %(name)s of the LMS's configuration is no web address."))


@dataclass(frozen=True)
class PlatformConfiguration:
    """What an LMS says of itself. `address` is where it said so; `registration_url` may carry a secret of its own.

    `messages` are the types that it names, each with the placements it names for it; both may be empty and then say
    nothing. `has_notices`: it names their scope. `token_audience` is kept only where it is an address: Canvas names a
    bare host there.
    """

    address: str
    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str
    registration_url: str = field(repr=False)
    token_audience: str | None = None
    family: str = ""
    version: str = ""
    account: str | None = None
    messages: Mapping[str, list[str]] = field(default_factory=dict)
    has_notices: bool = False

    @property
    def host(self) -> str:
        return host_of(self.issuer)

    @property
    def endpoints(self) -> dict[str, str]:
        """What each address is for, in the words of the page that shows them."""
        return {
            "issuer": self.issuer,
            "configuration": self.address,
            "registration": self.registration_url,
            "login": self.auth_url,
            "tokens": self.token_url,
            "keys": self.jwks_url,
        }

    def kept(self) -> dict[str, Any]:
        """As it waits in the database for the administrator's yes; the address with the secret waits elsewhere."""
        return {name: value for name, value in asdict(self).items() if name != "registration_url"}


def read_configuration(document: Mapping[str, Any], address: str) -> PlatformConfiguration:
    """Read the document that stood at `address`. Raises `Problem` register_configuration."""
    for said in ("id_token_signing_alg_values_supported", "token_endpoint_auth_signing_alg_values_supported"):
        _check_algorithms(document.get(said))
    platform = document.get(PLATFORM)
    platform = platform if isinstance(platform, dict) else {}
    audience = document.get("authorization_server")
    return PlatformConfiguration(
        address=address,
        issuer=_address(document, "issuer"),
        auth_url=_address(document, "authorization_endpoint"),
        token_url=_address(document, "token_endpoint"),
        jwks_url=_address(document, "jwks_uri"),
        registration_url=_address(document, "registration_endpoint"),
        token_audience=audience if _is_address(audience) else None,
        family=clean_text(platform.get("product_family_code"), FAMILY_LENGTH) or "",
        version=clean_text(platform.get("version"), 60) or "",
        account=clean_text(platform.get(_ACCOUNT)),
        messages=_messages(platform),
        has_notices=NOTICES in _texts(document.get("scopes_supported"), _SCOPES),
    )


def host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _address(document: Mapping[str, Any], name: str) -> str:
    said = document.get(name)
    if said is None:
        raise Problem("register_configuration", _UNNAMED(name=name))
    if not _is_address(said):
        raise Problem("register_configuration", _NO_ADDRESS(name=name))
    return str(said)


def _is_address(said: object) -> bool:
    if not isinstance(said, str) or not 0 < len(said) <= ADDRESS_LENGTH or not said.isascii() or not said.isprintable():
        return False
    try:
        parts = urlsplit(said)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in said
    except ValueError:
        return False


def _check_algorithms(said: object) -> None:
    """Every LMS signs with RS256 and lets us do so (Security Framework 1.0, section 6.1), also one that is silent."""
    named = {said} if isinstance(said, str) else set(_texts(said, _ALGORITHMS))
    if named and "RS256" not in named:
        raise Problem("register_configuration", to_say("The LMS does not sign with RS256, as LTI asks."))


def _messages(platform: Mapping[str, Any]) -> dict[str, list[str]]:
    """`messages_supported` is a list of objects, or of bare names with the placements beside it (Moodle), or null."""
    said = platform.get("messages_supported")
    beside = _texts(platform.get("placements"), _PLACEMENTS)
    found: dict[str, list[str]] = {}
    for one in islice(said if isinstance(said, list) else [said], _MESSAGES):
        kind, placements = (one.get("type"), one.get("placements")) if isinstance(one, dict) else (one, None)
        if isinstance(kind, str) and kind.isascii() and kind.isalnum() and len(kind) <= 60:
            named = [placements] if isinstance(placements, str) else placements
            found[kind] = list(dict.fromkeys([*found.get(kind, ()), *(_texts(named, _PLACEMENTS) or beside)]))
    return found


def _texts(said: object, most: int) -> list[str]:
    """The sane texts of a list; none where there is no list."""
    if not isinstance(said, list):
        return []
    return [one for one in said[:most] if isinstance(one, str) and 0 < len(one) <= 200 and one.isprintable()]
