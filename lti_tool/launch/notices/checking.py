"""One notice as it came: checked like a launch, minus everything of a user. (Security Framework 1.0, section 5.1.3.)

Nothing is read before it is proven, and a token that names no platform of ours costs one look-up.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.digests import digest
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.launch.claim_shapes import ID_LENGTH, can_be_kept, identifier, object_at
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.messages import C
from lti_tool.launch.model import Deployment, Registration
from lti_tool.launch.notices.offer import COPY, TAKEN
from lti_tool.launch.platform_keys import KeyCache
from lti_tool.launch.platforms import REGISTRATION_FACTS, RegistrationFacts
from lti_tool.launch.token import Token, check_parties, check_signature, check_times, read_token
from lti_tool.words import to_say

_MOST_ORIGINS = 20
_UNKNOWN_KIND = Sentence(to_say("The LMS sent “%(kind)s”."))

catalogue(
    {
        "notice_unsupported": Entry(
            400, "This tool does not take this notice", "It is of a kind that this tool has not asked for.",
            "the administrator of the LMS", "Nothing has to be done. The LMS can stop sending such notices here."),
        "notice_unreadable": Entry(
            400, "These notices cannot be read", "What came is not a list of notices as the LMS should send it.",
            "the administrator of the LMS", "Send code and sentence to the administrator of the LMS."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class CheckedNotice:
    """A notice that its platform proves. `context` and `origins` are what a copy notice says, the nearest first."""

    registration: str
    deployment: str
    id: str
    nonce_hash: str
    kind: str
    context: str | None = None
    origins: tuple[str, ...] = ()


def check_notice(jwt: str, keys: KeyCache) -> CheckedNotice:
    """Raises `Problem` with the code that a launch would be refused with, or notice_unsupported."""
    token = read_token(jwt)
    registration = _registration(token)
    check_signature(token, keys.find(registration, token.kid))
    check_parties(token.claims, issuer=registration.issuer, client_id=registration.client_id)
    check_times(token.claims, now=clock.now().timestamp())
    _check_version(token.claims)
    deployment = _deployment(registration, token.claims)
    said = object_at(token.claims, C + "notice")
    notice = CheckedNotice(
        registration.id, deployment, identifier(said.get("id"), "notice.id"), _nonce_hash(token.claims), _kind(said)
    )
    return _with_courses(notice, token.claims) if notice.kind == COPY else notice


def _registration(token: Token) -> RegistrationFacts:
    """Whom the token says it is from and for, before that is proven. Raises `Problem` registration_mismatch."""
    issuer, audience = token.claims.get("iss"), token.claims.get("aud")
    client = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
    if not (isinstance(issuer, str) and isinstance(client, str) and can_be_kept(issuer + client)):
        raise Problem("registration_mismatch")
    row = db.session.execute(
        select(*REGISTRATION_FACTS).where(Registration.issuer == issuer, Registration.client_id == client)
    ).one_or_none()
    if row is None:
        raise Problem("registration_mismatch")
    found = RegistrationFacts(*row)
    if found.switched_off_at is not None:
        raise Problem("platform_off")
    return found


def _check_version(claims: Mapping[str, Any]) -> None:
    if claims.get(C + "version") is None:
        raise Problem("version_missing")
    if claims[C + "version"] != "1.3.0":
        raise Problem("version_unsupported")


def _deployment(registration: RegistrationFacts, claims: Mapping[str, Any]) -> str:
    """Known and on: a notice lets no deployment in."""
    named = identifier(claims.get(C + "deployment_id"), "deployment_id")
    row = db.session.execute(
        select(Deployment.id, Deployment.status).where(
            Deployment.registration_id == registration.id, Deployment.deployment_id == named
        )
    ).one_or_none()
    if row is None or row.status != "active":
        raise Problem(f"deployment_{row.status}" if row else "deployment_pending")
    return str(row.id)


def _nonce_hash(claims: Mapping[str, Any]) -> str:
    """A notice has no login that its nonce could be bound to: it is only never taken twice."""
    nonce = claims.get("nonce", claims.get("jti"))
    if not isinstance(nonce, str) or not 0 < len(nonce) <= ID_LENGTH:
        raise Problem("nonce_wrong")
    return digest(nonce)


def _kind(said: Mapping[str, Any]) -> str:
    kind = identifier(said.get("type"), "notice.type")
    if kind not in TAKEN:
        raise Problem("notice_unsupported", _UNKNOWN_KIND(kind=kind[:60]) if kind.isalnum() else "")
    return kind


def _with_courses(notice: CheckedNotice, claims: dict[str, Any]) -> CheckedNotice:
    """Which course is the copy, and of which: one origin as a rule, and none where the platform does not know it."""
    context = identifier(object_at(claims, C + "context").get("id"), "context.id")
    said = claims.get(C + "origin_contexts")
    named = said[:_MOST_ORIGINS] if isinstance(said, list) else []
    origins = dict.fromkeys(
        one for one in named if isinstance(one, str) and 0 < len(one) <= ID_LENGTH and can_be_kept(one)
    )
    return CheckedNotice(
        notice.registration, notice.deployment, notice.id, notice.nonce_hash, notice.kind, context,
        tuple(one for one in origins if one != context),
    )  # fmt: skip
