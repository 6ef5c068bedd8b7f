"""The documents of Open Badges 3.0: the credential of an award, the achievement, the issuer's profile, the status list.

Like those of 2.0 they are made from a few facts whenever somebody asks. Lists stand wherever the strict schema of the
standard asks for lists, a member without a value is left out, and every word is one that the contexts define, every
address one: the rest would not be signed.
https://www.imsglobal.org/spec/ob/v3p0/
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from lti_tool.badges.openbadge.alignments import alignment_members
from lti_tool.badges.openbadge.canonical import UNSIGNABLE
from lti_tool.badges.openbadge.contexts import CREDENTIALS, DID, EXTENSIONS, MULTIKEY, OPEN_BADGES
from lti_tool.badges.openbadge.documents import EvidenceFacts, timestamp
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient

JWK_CONTEXT = "https://w3id.org/security/jwk/v1"
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
BADGE_CLASS_2 = "https://w3id.org/openbadges#BadgeClass"

_AWARDS = uuid.UUID("8f3d2f0a-6d3c-5c47-9a55-7a1f3f1f6f10")  # our own namespace for names made of awards' addresses

_NOT_IN_ADDRESS = re.compile('[\x00-\x20\x7f<>"{}|^`\\\\\ud800-\udfff]')
_ADDRESS = re.compile("[A-Za-z][A-Za-z0-9+.-]*:.")

Document = dict[str, Any]


@dataclass(frozen=True)
class ProfileFacts:
    """The issuer. `id` is its address in 3.0, `hosted_id` the one in 2.0."""

    id: str
    hosted_id: str
    name: str
    url: str
    email: str
    description: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class AchievementFacts:
    """The badge class. `id` is its address in 3.0, `hosted_id` the one in 2.0."""

    id: str
    hosted_id: str
    name: str
    description: str
    image: str
    criteria_narrative: str | None
    criteria_url: str | None
    tags: Sequence[str] = ()
    alignments: Sequence[Mapping[str, str]] = ()
    achievement_type: str | None = None


@dataclass(frozen=True)
class StatusPlace:
    """Where it stands whether the award is revoked."""

    list_id: str
    index: int


@dataclass(frozen=True)
class CredentialFacts:
    """One award. `valid_from` is when it last came to say what it says; `awarded` is when it was given."""

    id: str
    image: str
    issuer: ProfileFacts
    achievement: AchievementFacts
    recipient: HashedRecipient | UrlRecipient
    valid_from: datetime
    awarded: datetime
    valid_until: datetime | None
    status: StatusPlace
    narrative: str | None = None
    evidence: Sequence[EvidenceFacts] = ()


@dataclass(frozen=True)
class Method:
    """A published key: its address, and its Multikey text or its JWK."""

    id: str
    multikey: str | None = None
    jwk: Mapping[str, Any] | None = None


def credential_document(facts: CredentialFacts) -> Document:
    """OpenBadgeCredential, not signed yet."""
    document: Document = _plain(
        {
            "@context": [CREDENTIALS, OPEN_BADGES, EXTENSIONS],
            "id": facts.id,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": facts.achievement.name,
            "image": _image(facts.image),
            "issuer": _profile(facts.issuer),
            "validFrom": timestamp(facts.valid_from),
            "validUntil": timestamp(facts.valid_until) if facts.valid_until else None,
            "awardedDate": timestamp(facts.awarded),
            "credentialSubject": _subject(facts),
            "evidence": [_evidence(one) for one in facts.evidence],
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "credentialStatus": {
                "id": f"{facts.status.list_id}#{facts.status.index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": str(facts.status.index),
                "statusListCredential": facts.status.list_id,
            },
        }
    )
    return document


def achievement_document(facts: AchievementFacts, issuer: ProfileFacts) -> Document:
    """What is answered at the achievement's own address."""
    document: Document = _plain({"@context": [CREDENTIALS, OPEN_BADGES], **_achievement(facts, issuer)})
    return document


def profile_document(facts: ProfileFacts, methods: Sequence[Method]) -> Document:
    """The issuer with its published keys: a controlled identifier document, for whoever looks a key up."""
    document: Document = _plain(
        {
            "@context": [CREDENTIALS, OPEN_BADGES, DID, MULTIKEY, JWK_CONTEXT],
            **_profile(facts),
            "alsoKnownAs": [facts.hosted_id],
            "verificationMethod": [_method(one, facts.id) for one in methods],
            "assertionMethod": [one.id for one in methods],
        }
    )
    return document


def status_list_document(id: str, issuer: str, valid_from: datetime, encoded: str) -> Document:
    """BitstringStatusListCredential, not signed yet."""
    return {
        "@context": [CREDENTIALS],
        "id": id,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
        "credentialSubject": {
            "id": f"{id}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }


def subject_id(award: str) -> str:
    """The recipient as this one award calls them (decision 15): made of the award's address, so it says no more."""
    return f"urn:uuid:{uuid.uuid5(_AWARDS, award)}"


def _subject(facts: CredentialFacts) -> Document:
    kind = "emailAddress" if isinstance(facts.recipient, HashedRecipient) else "identifier"
    return {
        "id": subject_id(facts.id),
        "type": ["AchievementSubject"],
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": facts.recipient.identity,
                "identityType": kind,
                "salt": facts.recipient.salt,
            }
        ],
        "achievement": _achievement(facts.achievement, facts.issuer),
        "narrative": facts.narrative,
    }


def _achievement(facts: AchievementFacts, issuer: ProfileFacts) -> Document:
    return {
        "id": facts.id,
        "type": ["Achievement"],
        "name": facts.name,
        "description": facts.description,
        "criteria": {"id": _address(facts.criteria_url), "narrative": facts.criteria_narrative},
        "image": _image(facts.image),
        "achievementType": facts.achievement_type,
        "creator": {"id": issuer.id, "type": ["Profile"], "name": issuer.name},
        "alignment": [_alignment(one) for one in facts.alignments],
        "tag": list(facts.tags),
        "related": [{"id": facts.hosted_id, "type": ["Related", BADGE_CLASS_2]}],
    }


def _profile(facts: ProfileFacts) -> Document:
    return {
        "id": facts.id,
        "type": ["Profile"],
        "name": facts.name,
        "url": facts.url,
        "email": facts.email,
        "description": facts.description,
        "image": _image(facts.image) if facts.image else None,
        "otherIdentifier": [{"type": "IdentifierEntry", "identifier": facts.hosted_id, "identifierType": "identifier"}],
    }


def _method(method: Method, controller: str) -> Document:
    kind = "Multikey" if method.multikey else "JsonWebKey"
    return {
        "id": method.id,
        "type": kind,
        "controller": controller,
        "publicKeyMultibase": method.multikey,
        "publicKeyJwk": dict(method.jwk) if method.jwk else None,
    }


def _image(address: str) -> Document:
    return {"id": address, "type": "Image"}


def _alignment(facts: Mapping[str, str]) -> Document:
    return {"type": ["Alignment"], **alignment_members(facts)}


def _evidence(facts: EvidenceFacts) -> Document:
    """What is no address is told as words."""
    id = _address(facts.id)
    narrative = facts.narrative if id or not facts.id else "\n\n".join(filter(None, (facts.narrative, facts.id)))
    return {
        "id": id,
        "type": ["Evidence"],
        "narrative": narrative,
        "name": facts.name,
        "description": facts.description,
    }


def _address(text: str | None) -> str | None:
    """An address with everything written out that no address may hold; None for what is none."""
    if not text or not _ADDRESS.match(text):
        return None
    return _NOT_IN_ADDRESS.sub(lambda found: quote(found[0], errors="replace"), text)


def _plain(value: Any) -> Any:
    """The same without gaps, and without letters that cannot be signed: tabs become spaces, the others go."""
    if isinstance(value, dict):
        members = ((name, _plain(part)) for name, part in value.items())
        return {name: part for name, part in members if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return UNSIGNABLE.sub("", value.replace("\t", "    "))
    return value
