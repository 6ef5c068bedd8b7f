"""What our awards, classes and issuers say in Open Badges 3.0, from the rows as they are now."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from lti_tool.badges.achievement_types import ACHIEVEMENT_TYPES
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.badges.openbadge import credential
from lti_tool.badges.openbadge.credential import AchievementFacts, Document, ProfileFacts
from lti_tool.badges.openbadge.documents import EvidenceFacts
from lti_tool.badges.openbadge.multikey import multikey_of_jwk
from lti_tool.badges.openbadge.status_list import place_of
from lti_tool.badges.public_reads import AwardFacts, PublicBadge, PublicIssuer, read_award
from lti_tool.badges.signing.addresses import (
    achievement_address,
    credential_address,
    method_address,
    profile_address,
    status_address,
)
from lti_tool.badges.signing.keys import ED25519, PublishedKey
from lti_tool.db import db

_OWN_TYPE = re.compile(r"ext:[A-Za-z0-9._-]+")
_MADE_AT_ONCE = timedelta(seconds=1)  # both times of a new issuer are taken one after the other


@dataclass(frozen=True)
class Unsigned:
    """A credential, and since when it says what it says."""

    issuer: str
    document: Document
    valid_from: datetime


def unsigned_credential(award_id: str) -> Unsigned | None:
    """None when there is no such award."""
    found = read_award(award_id)
    if found is None:
        return None
    award, badge, issuer = found
    number, issuer_made_at = db.session.execute(
        select(Award.number, Issuer.created_at)
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .where(Award.id == award_id)
    ).one()
    valid_from = _valid_from(award, badge, issuer, issuer_made_at)
    here, (list_number, index) = address("assertions", award_id), place_of(number)
    facts = credential.CredentialFacts(
        id=credential_address(award_id), image=f"{here}/image.png", issuer=profile_facts(issuer),
        achievement=achievement_facts(badge), recipient=award.recipient, valid_from=valid_from,
        awarded=award.issued_on, valid_until=award.expires, narrative=award.narrative,
        status=credential.StatusPlace(status_address(issuer.id, list_number), index),
        evidence=(EvidenceFacts(id=award.evidence),) if award.evidence else (),
    )  # fmt: skip
    return Unsigned(issuer.id, credential.credential_document(facts), valid_from)


def achievement(badge: PublicBadge, issuer: PublicIssuer) -> Document:
    return credential.achievement_document(achievement_facts(badge), profile_facts(issuer))


def profile(issuer: PublicIssuer, keys: list[PublishedKey]) -> Document:
    return credential.profile_document(profile_facts(issuer), [_method(key) for key in keys])


def bare_key(key: PublishedKey) -> Document:
    """A key as it stands at its own address."""
    return {**key.jwk, "kid": address("keys", key.id)}


def profile_facts(issuer: PublicIssuer) -> ProfileFacts:
    hosted = address("issuers", issuer.id)
    return ProfileFacts(
        id=profile_address(issuer.id), hosted_id=hosted, name=issuer.name, url=issuer.url, email=issuer.email,
        description=issuer.description, image=f"{hosted}/image.png" if issuer.png_key else None,
    )  # fmt: skip


def achievement_facts(badge: PublicBadge) -> AchievementFacts:
    hosted = address("badges", badge.id)
    return AchievementFacts(
        id=achievement_address(badge.id), hosted_id=hosted, name=badge.name, description=badge.description,
        image=f"{hosted}/image.png", criteria_narrative=badge.criteria or None, criteria_url=badge.criteria_url,
        tags=badge.tags, alignments=badge.alignments, achievement_type=_type(badge.achievement_type),
    )  # fmt: skip


def _valid_from(award: AwardFacts, badge: PublicBadge, issuer: PublicIssuer, issuer_made_at: datetime) -> datetime:
    """When it last came to say what it says: of two credentials with one id, the one with the newer `validFrom` counts
    (Open Badges 3.0, section 6.2.1).
    """
    changes = [award.issued_on]
    if badge.revision > 1:
        changes.append(badge.revised_at)
    if issuer.changed_at - issuer_made_at > _MADE_AT_ONCE:
        changes.append(issuer.changed_at)
    return max(changes)


def _type(named: str | None) -> str | None:
    """What the standard knows, or allows as somebody's own; a badge from elsewhere may name any other."""
    return named if named in ACHIEVEMENT_TYPES or _OWN_TYPE.fullmatch(named or "") else None


def _method(key: PublishedKey) -> credential.Method:
    if key.kind == ED25519:
        return credential.Method(method_address(key), multikey=multikey_of_jwk(key.jwk))
    return credential.Method(method_address(key), jwk=bare_key(key))
