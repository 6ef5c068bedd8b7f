"""What the world sees of issuers, badge classes and awards: Open Badges 2.0 documents, read fresh from the rows.

Every id is an address of ours under PUBLIC_URL, never under the name that a request used (Open Badges 2.0, "Hosted").
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from lti_tool.badges.badge_classes import BadgeFacts, badge_facts
from lti_tool.badges.issuers import IssuerFacts, issuer_facts
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.badges.openbadge import documents
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient, hashed_email, hashed_url
from lti_tool.db import db

Document = dict[str, Any]


@dataclass(frozen=True)
class PublicAward:
    """One award as its public page shows it. Nothing in it says who holds it (decision 15)."""

    id: str
    badge: BadgeFacts
    issuer: IssuerFacts
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    revoked: bool
    document: Document


def address(kind: str, identity: str) -> str:
    """`https://…/public/<kind>/<id>`"""
    return f"{current_app.extensions['settings'].public_url}/public/{kind}/{identity}"


def issuer_document(issuer: IssuerFacts) -> Document:
    return documents.issuer_document(
        documents.IssuerFacts(
            address("issuers", issuer.id), issuer.name, issuer.url, issuer.email, issuer.description, None
        )
    )


def badge_document(badge: BadgeFacts) -> Document:
    here = address("badges", badge.id)
    return documents.badge_class_document(
        documents.BadgeClassFacts(
            id=here, name=badge.name, description=badge.description, image=f"{here}/image.png",
            criteria_narrative=badge.criteria, criteria_url=here, issuer_id=address("issuers", badge.issuer),
            tags=badge.tags,
        )
    )  # fmt: skip


def public_award(award_id: str) -> PublicAward | None:
    """The award with its badge class as it is now (decision 1), and the document that a verifier reads."""
    award = db.session.get(Award, award_id)
    badge = badge_facts(award.badge_id) if award else None
    issuer = issuer_facts(badge.issuer) if badge else None
    if award is None or badge is None or issuer is None:
        return None
    revoked = award.revoked_at is not None
    return PublicAward(
        award.id, badge, issuer, award.issued_on, award.expires, award.narrative, revoked, _award_document(award)
    )


def revocation_list(issuer: IssuerFacts) -> Document:
    """The issuer's revoked awards (Open Badges 2.0, RevocationList).

    Each one stands twice, as text and as an object: the common verifier overlooks a list with a single entry.
    """
    rows = db.session.execute(
        select(Award.id, Award.revocation_reason)
        .where(Award.revoked_at.is_not(None), Award.badge_id.in_(_badges_of(issuer.id)))
        .order_by(Award.revoked_at)
    ).all()
    revoked: list[Any] = []
    for identity, reason in rows:
        here = address("assertions", identity)
        revoked += [here, {"id": here, "revocationReason": reason} if reason else {"id": here}]
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": address("revocations", issuer.id),
        "type": "RevocationList",
        "issuer": address("issuers", issuer.id),
        "revokedAssertions": revoked,
    }


def _badges_of(issuer_id: str) -> Any:
    return select(BadgeClass.id).where(BadgeClass.issuer_id == issuer_id)


def _award_document(award: Award) -> Document:
    here = address("assertions", award.id)
    if award.revoked_at is not None:
        return documents.revoked_document(here, award.revocation_reason)
    evidence = (documents.EvidenceFacts(id=award.evidence),) if award.evidence else ()
    return documents.assertion_document(
        documents.AwardFacts(
            id=here, badge_id=address("badges", award.badge_id), image_url=f"{here}/image.png",
            recipient=_recipient(award), issued_on=award.issued_on, expires=award.expires,
            narrative=award.narrative, evidence=evidence,
        )
    )  # fmt: skip


def _recipient(award: Award) -> HashedRecipient | UrlRecipient:
    if award.recipient_email:
        return HashedRecipient(hashed_email(award.recipient_email, award.salt), award.salt)
    return UrlRecipient(hashed_url(award.recipient_url or "", award.salt), award.salt)
