"""The three documents of Open Badges 2.0 that we host: issuer, badge class and award (its "Assertion").

Each is made from a few facts and can be made again at any time, so none is stored. A member without a value
is left out: the standard knows no null and validators stumble over empty lists.
https://www.imsglobal.org/sites/default/files/Badges/OBv2p0Final/index.html
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from lti_tool.badges.openbadge.alignments import alignment_members
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient, type_names

CONTEXT = "https://w3id.org/openbadges/v2"

Json: TypeAlias = "str | bool | Sequence[Json] | Mapping[str, Json] | None"
Document: TypeAlias = dict[str, Json]


@dataclass(frozen=True, slots=True)
class IssuerFacts:
    """Who stands behind a badge. The standard requires `email`; `id` is the URL the document is hosted at."""

    id: str
    name: str
    url: str
    email: str
    description: str | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class BadgeClassFacts:
    """What is awarded. At least one of the two criteria is needed; `image` is the URL of its PNG or SVG.

    `related` are other forms of the same: its achievement of Open Badges 3.0.
    """

    id: str
    name: str
    description: str
    image: str
    criteria_narrative: str | None
    criteria_url: str | None
    issuer_id: str
    tags: tuple[str, ...] = ()
    alignments: tuple[Mapping[str, str], ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """Why somebody earned it: a page at `id`, a story in `narrative` (Markdown), or both."""

    id: str | None = None
    narrative: str | None = None
    name: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class AssertionFacts:
    """One award to one person. `image_url` is where its baked picture is served; both times carry a zone.

    `related` are other forms of the same award: its credential of Open Badges 3.0.
    """

    id: str
    badge_id: str
    image_url: str | None
    recipient: HashedRecipient | UrlRecipient
    issued_on: datetime
    expires: datetime | None = None
    narrative: str | None = None
    evidence: tuple[EvidenceFacts, ...] = ()
    related: tuple[str, ...] = ()


def issuer_document(facts: IssuerFacts) -> Document:
    """Open Badges 2.0, Profile with the type Issuer."""
    return _without_gaps(
        {
            "@context": CONTEXT,
            "type": "Issuer",
            "id": facts.id,
            "name": facts.name,
            "url": facts.url,
            "email": facts.email,
            "description": facts.description,
            "image": facts.image,
        }
    )


def badge_class_document(facts: BadgeClassFacts) -> Document:
    """Open Badges 2.0, BadgeClass. Raises ValueError without any criteria."""
    criteria = _without_gaps({"id": facts.criteria_url, "narrative": facts.criteria_narrative})
    if not criteria:
        raise ValueError("a badge class needs criteria, as text or as a URL")
    return _without_gaps(
        {
            "@context": CONTEXT,
            "type": "BadgeClass",
            "id": facts.id,
            "name": facts.name,
            "description": facts.description,
            "image": facts.image,
            "criteria": criteria,
            "issuer": facts.issuer_id,
            "alignment": [_alignment(one) for one in facts.alignments],
            "tags": list(facts.tags),
            "related": list(facts.related),
        }
    )


def assertion_document(facts: AssertionFacts) -> Document:
    """Open Badges 2.0, Assertion with hosted verification. Raises ValueError for a time without a zone."""
    recipient: Document = {
        "type": type_names[type(facts.recipient)],
        "hashed": True,
        "salt": facts.recipient.salt,
        "identity": facts.recipient.identity,
    }
    return _without_gaps(
        {
            "@context": CONTEXT,
            "type": "Assertion",
            "id": facts.id,
            "recipient": recipient,
            "badge": facts.badge_id,
            "verification": {"type": "HostedBadge"},
            "issuedOn": timestamp(facts.issued_on),
            "expires": timestamp(facts.expires) if facts.expires else None,
            "image": facts.image_url,
            "narrative": facts.narrative,
            "evidence": [_evidence(evidence) for evidence in facts.evidence],
            "related": list(facts.related),
        }
    )


def revoked_document(id: str, reason: str | None) -> Document:
    """All that is still said of a revoked award, answered with 410 Gone (Open Badges 2.0, Hosted
    Verification).
    """
    return _without_gaps(
        {"@context": CONTEXT, "type": "Assertion", "id": id, "revoked": True, "revocationReason": reason}
    )


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with Z and whole seconds, the form that every validator reads."""
    if moment.tzinfo is None:
        raise ValueError("a time in a badge needs a time zone")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def to_json(document: Document) -> str:
    """The document as it is hosted and baked: one line of ASCII, which neither PNG nor XML can trouble."""
    return json.dumps(document, separators=(",", ":"))


def _alignment(facts: Mapping[str, str]) -> Document:
    return _without_gaps({"type": "AlignmentObject", **alignment_members(facts)})


def _evidence(facts: EvidenceFacts) -> Document:
    evidence = _without_gaps(
        {
            "id": facts.id,
            "narrative": facts.narrative,
            "name": facts.name,
            "description": facts.description,
        }
    )
    return {"type": "Evidence", **evidence}


def _without_gaps(members: Mapping[str, Json]) -> Document:
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
