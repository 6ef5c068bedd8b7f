"""What the world sees of issuers, badge classes and awards: Open Badges 2.0 documents, read fresh from the rows.

Every id is an address of ours under PUBLIC_URL, never under the name that a request used (Open Badges 2.0, "Hosted").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import Engine

from lti_tool import clock
from lti_tool.badges.openbadge import documents
from lti_tool.badges.openbadge.documents import Document
from lti_tool.badges.openbadge.long_lists import in_pieces
from lti_tool.badges.public_reads import AwardFacts, PublicBadge, PublicIssuer, Revoked, read_award, read_revoked
from lti_tool.badges.texts import is_link


@dataclass(frozen=True, slots=True)
class PublicAward:
    """One award as everybody may see it, with its badge class as it is now (decision 1).

    Nothing in it says who holds it (decision 15), but `holder`: a name whose holder wants it to be seen.
    """

    id: str
    badge: PublicBadge
    issuer: PublicIssuer
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    holder: str | None
    revision: int
    revoked: bool
    keys_at: datetime | None
    document: Document

    @property
    def expired(self) -> bool:
        return self.expires is not None and self.expires <= clock.now()


def address(kind: str, identity: str) -> str:
    """`https://…/public/<kind>/<id>`"""
    return f"{current_app.extensions['settings'].public_url}/public/{kind}/{identity}"


def issuer_document(issuer: PublicIssuer) -> Document:
    """It does not name its revocation list, which is for signed badges: who reads it all the same takes a few megabytes
    at most, and would refuse every award of an issuer that has revoked many.
    """
    here = address("issuers", issuer.id)
    return documents.issuer_document(
        documents.IssuerFacts(
            id=here, name=issuer.name, url=issuer.url, email=issuer.email, description=issuer.description,
            image=f"{here}/image.png" if issuer.png_key else None,
        )
    )  # fmt: skip


def badge_document(badge: PublicBadge) -> Document:
    """Criteria without a link of their own are read on the badge's page."""
    here = address("badges", badge.id)
    return documents.badge_class_document(
        documents.BadgeClassFacts(
            id=here, name=badge.name, description=badge.description, image=f"{here}/image.png",
            criteria_narrative=badge.criteria or None, criteria_url=badge.criteria_url or f"{here}#criteria",
            issuer_id=address("issuers", badge.issuer), tags=badge.tags, alignments=badge.alignments,
            related=(address("achievements", badge.id),),
        )
    )  # fmt: skip


def public_award(award_id: str) -> PublicAward | None:
    """The award and the document that a verifier reads. Of a revoked one nothing is left but that it is."""
    found = read_award(award_id)
    if found is None:
        return None
    award, badge, issuer = found
    document = _award_document(award, badge)
    narrative, evidence, holder = award.narrative, award.evidence, award.holder
    if award.revoked:
        narrative = evidence = holder = None
    return PublicAward(
        award.id, badge, issuer, award.issued_on, award.expires, narrative, evidence, holder, award.revision,
        award.revoked, award.keys_at, document,
    )  # fmt: skip


def revocation_list(engine: Engine, issuer_id: str, revoked: list[Revoked]) -> Iterator[str]:
    """The issuer's revoked awards (Open Badges 2.0, RevocationList) in pieces, however many they are.

    Each one stands twice, as text and as an object: the common verifier overlooks a list with a single entry. The
    pieces come while the request's own session is gone, so what they need of the application is read here.
    """
    assertions = address("assertions", "")
    head = {
        "@context": documents.CONTEXT,
        "id": address("revocations", issuer_id),
        "type": "RevocationList",
        "issuer": address("issuers", issuer_id),
    }
    slices = read_revoked(engine, [one.badge for one in revoked])
    return in_pieces(head, "revokedAssertions", (_revoked_twice(assertions, one_slice) for one_slice in slices))


def _revoked_twice(assertions: str, awards: Iterable[tuple[str, str | None]]) -> Iterator[str | Document]:
    for award, reason in awards:
        here = assertions + award
        yield here
        yield {"id": here, "revocationReason": reason} if reason else {"id": here}


def _award_document(award: AwardFacts, badge: PublicBadge) -> Document:
    here = address("assertions", award.id)
    if award.revoked:
        return documents.revoked_document(here, award.reason)
    return documents.assertion_document(
        documents.AssertionFacts(
            id=here, badge_id=address("badges", badge.id), image_url=f"{here}/image.png", recipient=award.recipient,
            issued_on=award.issued_on, expires=award.expires, narrative=award.narrative,
            evidence=(_evidence(award.evidence),) if award.evidence else (),
            related=(address("credentials", award.id),) if award.keys_at else (),
        )
    )  # fmt: skip


def _evidence(text: str) -> documents.EvidenceFacts:
    return documents.EvidenceFacts(id=text) if is_link(text) else documents.EvidenceFacts(narrative=text)
