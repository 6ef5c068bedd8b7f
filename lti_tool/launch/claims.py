"""The claims of a launch, translated once into our own words. Pure. (LTI 1.3 core, section 5.)"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from lti_tool.errors import Problem
from lti_tool.launch.claim_shapes import ID_LENGTH, can_be_kept, identifier, object_at, page_url, text_of
from lti_tool.launch.copies import history
from lti_tool.launch.deep_linking.request import PickSettings, read_settings
from lti_tool.launch.legacy_claim import LegacyId, read_legacy
from lti_tool.launch.messages import C, Message, read_message
from lti_tool.launch.notices.offer import NoticeOffer, read_offer
from lti_tool.launch.roles import Standing, read_roles
from lti_tool.people.names import Names, clean_names, clean_text
from lti_tool.words import to_say

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
MAKE_COLUMNS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
FIND_COLUMNS = MAKE_COLUMNS + ".readonly"
_ROLES, _MENTEES, _CUSTOM, _SCOPES = 100, 200, 100, 20
_LOCALES = 20
_CUSTOM_LENGTH = 2000
_BEYOND_COURSES = ("/institution/person#", "/system/person#")


@dataclass(frozen=True)
class Context:
    """The course that the platform names. `ends_on` comes from a custom parameter where it was set up."""

    id: str
    title: str
    ends_on: date | None


@dataclass(frozen=True)
class GradeService:
    """Where the platform keeps this course's columns, and what we may do there (AGS 2.0, section 3.1)."""

    scopes: tuple[str, ...] = ()
    line_items: str | None = None
    line_item: str | None = None

    @property
    def only_column(self) -> str | None:
        """The link's own column, where the platform lets us make none beside it."""
        return None if self.line_items and MAKE_COLUMNS in self.scopes else self.line_item


@dataclass(frozen=True)
class Launch:
    """One launch, checked and in our words.

    `resource_link` is "" where the message has none. `roles` are the URIs as they came, without those that no database
    keeps; `standing` is what they mean.
    `custom` holds the texts that the platform resolved. `for_user` is the `sub` that a review or a data request is
    about, `mentees` those that a mentor was named for. `masked`: an administrator wears this account (Canvas). `legacy`
    is the id that this person had in LTI 1.1, as the platform claims. `picking`: what a deep linking request takes.
    `context_history` and `link_history` are the ids of the courses and links that these are copies of, the nearest
    first. `notices`: what the platform offers of them.
    """

    message: Message
    sub: str
    nonce: str
    deployment_id: str
    target: str
    roles: tuple[str, ...]
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
    custom: Mapping[str, str] = field(default_factory=dict)
    grades: GradeService | None = None
    for_user: str | None = None
    mentees: tuple[str, ...] = ()
    masked: bool = False
    document_target: str = "iframe"
    legacy: LegacyId | None = None
    picking: PickSettings | None = None
    groups_url: str | None = None
    context_history: tuple[str, ...] = ()
    link_history: tuple[str, ...] = ()
    notices: NoticeOffer | None = None


def read_launch(claims: dict[str, Any]) -> Launch:
    """Read a verified token's claims. Raises `Problem`: not_lti13, version_…, claims_missing, claim_malformed, …"""
    message = read_message(claims)
    presentation = object_at(claims, C + "launch_presentation")
    platform = object_at(claims, C + "tool_platform")
    custom = _custom(claims)
    roles = _roles(claims)
    link = object_at(claims, C + "resource_link")
    of_course = message is not Message.DATA_PRIVACY
    return Launch(
        message=message,
        sub=identifier(claims["sub"], "sub", ascii_only=True),
        nonce=_nonce(claims),
        deployment_id=identifier(claims[C + "deployment_id"], "deployment_id"),
        target=_target(claims),
        roles=roles,
        standing=read_roles(roles if of_course else _beyond_courses(roles)),
        names=_names(claims),
        resource_link="" if link.get("id") is None else identifier(link["id"], "resource_link.id"),
        link_title=clean_text(link.get("title")),
        context=_context(claims, custom) if of_course else None,
        roster_url=page_url(object_at(claims, NRPS).get("context_memberships_url")),
        groups_url=page_url(object_at(claims, GROUPS).get("context_groups_url")),
        return_url=page_url(presentation.get("return_url")),
        locale=read_locale(presentation.get("locale") or claims.get("locale")),
        platform_family=clean_text(platform.get("product_family_code"), 40) or "",
        platform_url=page_url(platform.get("url")),
        custom=custom,
        grades=_grades(claims),
        for_user=_for_user(claims),
        mentees=_mentees(claims),
        masked="masquerading_user" in custom,
        document_target=_document_target(presentation),
        legacy=read_legacy(claims),
        picking=read_settings(claims) if message is Message.DEEP_LINKING else None,
        context_history=_history(claims, history.CONTEXT, C + "context"),
        link_history=_history(claims, history.LINK, C + "resource_link"),
        notices=read_offer(claims),
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


def _target(claims: dict[str, Any]) -> str:
    """Where the link leads; a message that names no place means the tool's home."""
    said = claims.get(C + "target_link_uri")
    return "" if said is None else text_of(said, "target_link_uri", 2000)


def _nonce(claims: dict[str, Any]) -> str:
    nonce = claims.get("nonce")
    if not isinstance(nonce, str) or not 0 < len(nonce) <= ID_LENGTH:
        raise Problem("nonce_wrong")
    return nonce


def _roles(claims: dict[str, Any]) -> tuple[str, ...]:
    roles = claims.get(C + "roles", [])
    if not isinstance(roles, list) or len(roles) > _ROLES or not all(isinstance(role, str) for role in roles):
        raise Problem("claim_malformed", to_say("The roles are not a list of texts."))
    return tuple(role for role in roles if can_be_kept(role))


def _beyond_courses(roles: Iterable[str]) -> tuple[str, ...]:
    """A message about personal data opens no course, whatever roles it brings: only those beyond courses count."""
    return tuple(role for role in roles if any(part in role for part in _BEYOND_COURSES))


def _custom(claims: dict[str, Any]) -> dict[str, str]:
    """The custom parameters that say something: a variable that the platform did not resolve comes through as its own
    name, `$Name` (core, section 6.1), and null is no value.
    """
    said = object_at(claims, C + "custom")
    return {
        name: value
        for name, value in islice(said.items(), _CUSTOM)
        if isinstance(value, str) and _says_something(value) and can_be_kept(name + value)
    }


def _history(claims: dict[str, Any], parameter: str, of: str) -> tuple[str, ...]:
    """Read past `_custom`, whose values are shorter than a long history is."""
    own = object_at(claims, of).get("id")
    return history.without(history.read_history(object_at(claims, C + "custom").get(parameter)), str(own))


def _says_something(value: str) -> bool:
    return 0 < len(value) <= _CUSTOM_LENGTH and not value.startswith("$")


def _grades(claims: dict[str, Any]) -> GradeService | None:
    """Absent, or without any address, it is no service; Moodle sends `lineitem` as an empty text."""
    said = claims.get(AGS)
    if not isinstance(said, dict):
        return None
    scopes = said.get("scope")
    known = scopes[:_SCOPES] if isinstance(scopes, list) else []
    known = [one for one in known if isinstance(one, str) and can_be_kept(one)]
    found = GradeService(tuple(known), page_url(said.get("lineitems")), page_url(said.get("lineitem")))
    return found if found.line_items or found.line_item else None


def _for_user(claims: dict[str, Any]) -> str | None:
    said = object_at(claims, C + "for_user").get("user_id")
    return None if said is None else identifier(said, "for_user.user_id", ascii_only=True)


def _mentees(claims: dict[str, Any]) -> tuple[str, ...]:
    """Those whom a mentor may see (core, section 5.3.4); without the role nobody looks at them."""
    said = claims.get(C + "role_scope_mentor")
    named = said[:_MENTEES] if isinstance(said, list) else ()
    return tuple(one for one in named if isinstance(one, str) and 0 < len(one) <= ID_LENGTH and can_be_kept(one))


def _document_target(presentation: dict[str, Any]) -> str:
    said = presentation.get("document_target")
    return said if said in ("frame", "iframe", "window") else "iframe"


def _names(claims: dict[str, Any]) -> Names:
    return clean_names(
        name=claims.get("name"), given_name=claims.get("given_name"), family_name=claims.get("family_name"),
        email=claims.get("email"),
    )  # fmt: skip


def _context(claims: dict[str, Any], custom: Mapping[str, str]) -> Context | None:
    if claims.get(C + "context") is None:
        return None
    context = object_at(claims, C + "context")
    identity = identifier(context.get("id"), "context.id")
    title = clean_text(context.get("title")) or clean_text(context.get("label")) or identity
    return Context(identity, title[:200], _end_date(custom.get("course_end")))


def _end_date(value: str | None) -> date | None:
    """`2027-01-31T…`."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None
