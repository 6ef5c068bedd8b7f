"""The claims of a launch, translated once into our own words. Pure. (LTI 1.3 core, section 5.)

Required claims are checked together, so that an administrator reads every missing one at once.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import Problem
from lti_tool.launch.roles import Standing, read_roles
from lti_tool.people.names import Names, clean_names, clean_text

C = "https://purl.imsglobal.org/spec/lti/claim/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
RESOURCE_LINK = "LtiResourceLinkRequest"
ID_LENGTH = 255
_REQUIRED = (
    C + "message_type", C + "version", C + "deployment_id", C + "target_link_uri", C + "resource_link",
    C + "roles", "sub",
)  # fmt: skip
_ROLES = 100
_NO_IDENTIFIER = re.compile("[\x00\ud800-\udfff]")  # what no database keeps: NUL, and halves of characters
_LOCALES = 20


@dataclass(frozen=True)
class Context:
    """The course that the platform names. `ends_on` comes from a custom parameter where it was set up."""

    id: str
    title: str
    ends_on: date | None


@dataclass(frozen=True)
class Launch:
    """One launch, checked and in our words."""

    sub: str
    nonce: str
    deployment_id: str
    target: str
    standing: Standing
    names: Names
    resource_link: str
    link_title: str | None
    context: Context | None
    roster_url: str | None
    return_url: str | None
    locale: str
    platform_family: str
    platform_url: str | None


def read_launch(claims: dict[str, Any]) -> Launch:
    """Read a verified token's claims. Raises `Problem`: not_lti13, version_…, claims_missing, claim_malformed, …"""
    _check_message(claims)
    link = _object(claims, C + "resource_link")
    presentation = _object(claims, C + "launch_presentation")
    platform = _object(claims, C + "tool_platform")
    return Launch(
        sub=_identifier(claims["sub"], "sub", ascii_only=True),
        nonce=_nonce(claims),
        deployment_id=_identifier(claims[C + "deployment_id"], "deployment_id"),
        target=_text(claims[C + "target_link_uri"], "target_link_uri", 2000),
        standing=read_roles(_roles(claims)),
        names=_names(claims),
        resource_link=_identifier(link.get("id"), "resource_link.id"),
        link_title=clean_text(link.get("title")),
        context=_context(claims, _object(claims, C + "custom")),
        roster_url=_page_url(_object(claims, NRPS).get("context_memberships_url")),
        return_url=_page_url(presentation.get("return_url")),
        locale=read_locale(presentation.get("locale") or claims.get("locale")),
        platform_family=clean_text(platform.get("product_family_code"), 40) or "",
        platform_url=_page_url(platform.get("url")),
    )


def read_locale(value: object) -> str:
    """`pt_br`, `de_comm`, `en-US` and `en_US` are all sent; anything else is English."""
    if not isinstance(value, str) or len(value) > _LOCALES:
        return "en"
    language, _, region = value.replace("-", "_").partition("_")
    if not (2 <= len(language) <= 3 and language.isascii() and language.isalpha()):
        return "en"
    named = len(region) == 2 and region.isascii() and region.isalpha()
    return f"{language.lower()}_{region.upper()}" if named else language.lower()


def _check_message(claims: dict[str, Any]) -> None:
    if not any(name.startswith(C) for name in claims):
        raise Problem("not_lti13")
    missing = [name.removeprefix(C) for name in _REQUIRED if claims.get(name) is None]
    if missing == ["version"]:
        raise Problem("version_missing")
    if "message_type" not in missing:
        _check_type(claims[C + "message_type"])
    if missing:
        raise Problem("claims_missing", "Missing: " + ", ".join(missing) + ".")
    if claims[C + "version"] != "1.3.0":
        raise Problem("version_unsupported")


def _check_type(said: object) -> None:
    if not isinstance(said, str):
        raise Problem("claim_malformed", "The message type is not text.")
    if said != RESOURCE_LINK:
        known = clean_text(said, 60) if said.isascii() and said.isalnum() else None
        raise Problem("message_unsupported", f"The LMS sent “{known}”." if known else "")


def _nonce(claims: dict[str, Any]) -> str:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not 0 < len(nonce) <= ID_LENGTH:
        raise Problem("nonce_wrong")
    return nonce


def _roles(claims: dict[str, Any]) -> list[str]:
    roles = claims[C + "roles"]
    if not isinstance(roles, list) or len(roles) > _ROLES or not all(isinstance(role, str) for role in roles):
        raise Problem("claim_malformed", "The roles are not a list of texts.")
    return roles


def _names(claims: dict[str, Any]) -> Names:
    return clean_names(
        name=claims.get("name"), given_name=claims.get("given_name"), family_name=claims.get("family_name"),
        email=claims.get("email"),
    )  # fmt: skip


def _context(claims: dict[str, Any], custom: dict[str, Any]) -> Context | None:
    if claims.get(C + "context") is None:
        return None
    context = _object(claims, C + "context")
    identity = _identifier(context.get("id"), "context.id")
    title = clean_text(context.get("title")) or clean_text(context.get("label")) or identity
    return Context(identity, title[:200], _end_date(custom.get("course_end")))


def _end_date(value: object) -> date | None:
    """`2027-01-31T…`, or the unresolved variable itself, which counts as absent (core, section 6.1)."""
    if not isinstance(value, str) or value.startswith("$"):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def _object(claims: dict[str, Any], name: str) -> dict[str, Any]:
    value = claims.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Problem("claim_malformed", f"The claim {name.rsplit('/', 1)[-1]} is not an object.")
    return value


def _identifier(value: object, name: str, *, ascii_only: bool = False) -> str:
    text = _text(value, name, ID_LENGTH)
    if _NO_IDENTIFIER.search(text) or (ascii_only and not text.isascii()):
        raise Problem("claim_malformed", f"The claim {name} has characters that an identifier may not have.")
    return text


def _text(value: object, name: str, length: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= length:
        raise Problem("claim_malformed", f"The claim {name} is not a text of 1 to {length} characters.")
    return value


def _page_url(value: object) -> str | None:
    """An address that a browser may be sent to; anything else counts as absent (`javascript:` among it)."""
    if not isinstance(value, str) or len(value) > 2000 or not value.isprintable():
        return None
    try:
        parts = urlsplit(value)
        return value if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
