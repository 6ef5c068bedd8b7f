"""What the public addresses read: one statement for each, straight into small frozen rows.

A row says no more of a holder than everybody may know (decision 15): never an address, and a name only where its
holder chose so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Engine, Select, and_, bindparam, case, func, select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.openbadge.recipient import HashedRecipient, UrlRecipient, hashed_email, hashed_url
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db, single_read
from lti_tool.people.model import Person

SHELF = 60
SLICE = 2_000


@dataclass(frozen=True, slots=True)
class PublicIssuer:
    """An issuer as everybody sees it. `changed_at` moves with every word and picture of it."""

    id: str
    name: str
    url: str
    email: str
    description: str | None
    png_key: str | None
    svg_key: str | None
    time_zone: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PublicBadge:
    """A badge class as it is worded now."""

    id: str
    issuer: str
    revision: int
    name: str
    description: str
    criteria: str
    criteria_url: str | None
    tags: tuple[str, ...]
    alignments: tuple[Mapping[str, str], ...]
    achievement_type: str | None
    png_key: str
    svg_key: str
    revised_at: datetime
    archived_at: datetime | None


class AwardFacts(NamedTuple):
    """One award. `holder` is a name that its holder wants to be seen; `keys_at` tells one set of keys from the next."""

    id: str
    recipient: HashedRecipient | UrlRecipient
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    revision: int
    revoked: bool
    reason: str | None
    holder: str | None
    keys_at: datetime | None


class AwardMark(NamedTuple):
    """What tells one state of an award's picture from the next: everything that may change in it moves one of these."""

    badge_revision: int
    revision: int
    revoked: bool
    changed_at: datetime
    keys_at: datetime | None


class Revoked(NamedTuple):
    """How many awards of one badge class are revoked, and when the last of them was."""

    badge: str
    awards: int
    last: datetime | None


_ISSUER = (
    Issuer.id, Issuer.name, Issuer.url, Issuer.email, Issuer.description, Issuer.png_key, Issuer.svg_key,
    Issuer.time_zone, Issuer.changed_at,
)  # fmt: skip
_BADGE = (
    BadgeClass.id, BadgeClass.issuer_id, BadgeRevision.number, BadgeRevision.name, BadgeRevision.description,
    BadgeRevision.criteria, BadgeRevision.criteria_url, BadgeRevision.tags, BadgeRevision.alignments,
    BadgeRevision.achievement_type, BadgeRevision.png_key, BadgeRevision.svg_key, BadgeRevision.created_at,
    BadgeClass.archived_at,
)  # fmt: skip
_HOLDER = case((and_(Award.shows_name, Person.disabled_at.is_(None)), func.coalesce(Person.name, Award.recipient_name)))
_KEYS_AT = select(func.max(IssuerKey.created_at)).where(IssuerKey.issuer_id == BadgeClass.issuer_id).scalar_subquery()
_AWARD = (
    Award.id, Award.recipient_email, Award.recipient_url, Award.salt, Award.issued_on, Award.expires, Award.narrative,
    Award.evidence, Award.revision, Award.revoked_at, Award.revocation_reason, _HOLDER, _KEYS_AT,
)  # fmt: skip
_MARK = BadgeClass.revision, Award.revision, Award.revoked_at.is_not(None), Issuer.changed_at, _KEYS_AT
_BY_ID: BindParameter[str] = bindparam("id")

# Written once: making a statement costs more than running it.
_ONE_ISSUER = select(*_ISSUER).where(Issuer.id == _BY_ID)
_ONE_BADGE = (
    select(*_BADGE, *_ISSUER)
    .join(Issuer, Issuer.id == BadgeClass.issuer_id)
    .join(BadgeRevision, CURRENT_REVISION)
    .where(BadgeClass.id == _BY_ID)
)
_ONE_AWARD = (
    select(*_BADGE, *_ISSUER, *_AWARD)
    .select_from(Award)
    .join(BadgeClass, BadgeClass.id == Award.badge_id)
    .join(Issuer, Issuer.id == BadgeClass.issuer_id)
    .join(BadgeRevision, CURRENT_REVISION)
    .outerjoin(Person, Person.id == Award.person_id)
    .where(Award.id == _BY_ID)
)
_ONE_MARK = (
    select(*_MARK)
    .select_from(Award)
    .join(BadgeClass, BadgeClass.id == Award.badge_id)
    .join(Issuer, Issuer.id == BadgeClass.issuer_id)
    .where(Award.id == _BY_ID)
)


def read_issuer(issuer_id: str) -> PublicIssuer | None:
    row = _one(_ONE_ISSUER, issuer_id)
    return PublicIssuer(*row) if row else None


def read_badge(badge_id: str) -> tuple[PublicBadge, PublicIssuer] | None:
    row = _one(_ONE_BADGE, badge_id)
    return (_badge(row), PublicIssuer(*row[len(_BADGE) :])) if row else None


def read_award(award_id: str) -> tuple[AwardFacts, PublicBadge, PublicIssuer] | None:
    """The award, revoked or not, with its badge class and issuer as they are now."""
    row = _one(_ONE_AWARD, award_id)
    if row is None:
        return None
    award_from = len(_BADGE) + len(_ISSUER)
    return _award(*row[award_from:]), _badge(row), PublicIssuer(*row[len(_BADGE) : award_from])


def read_award_mark(award_id: str) -> AwardMark | None:
    row = _one(_ONE_MARK, award_id)
    return AwardMark(*row) if row else None


def read_shelf(issuer_id: str, after: str | None) -> tuple[list[PublicBadge], str | None]:
    """An issuer's badge classes that are not archived, by name, from behind `after`; and behind which to read on."""
    query = select(*_BADGE).join(BadgeRevision, CURRENT_REVISION)
    query = query.where(BadgeClass.issuer_id == issuer_id, BadgeClass.archived_at.is_(None))
    order = BadgeRevision.name, BadgeClass.id
    if after is not None:
        place = select(*order).join(BadgeClass, CURRENT_REVISION).where(BadgeClass.id == after)
        query = query.where(tuple_(*order) > place_in_list(place.where(BadgeClass.issuer_id == issuer_id)))
    found = [_badge(row) for row in db.session.execute(query.order_by(*order).limit(SHELF + 1))]
    return found[:SHELF], found[SHELF - 1].id if len(found) > SHELF else None


def count_revoked(issuer_id: str) -> list[Revoked]:
    """What an issuer has revoked, for each badge class where there is something: enough to tell one list from the next.

    It is answered from an index alone, however many awards there are.
    """
    query = (
        select(Award.badge_id, func.count(), func.max(Award.revoked_at))
        .where(Award.revoked_at.is_not(None), Award.badge_id.in_(_badges_of(issuer_id)))
        .group_by(Award.badge_id)
        .order_by(Award.badge_id)
    )
    return [Revoked(*row) for row in db.session.execute(query)]


def read_revoked(engine: Engine, badges: list[str]) -> Iterator[list[tuple[str, str | None]]]:
    """Id and reason of the revoked awards of these badge classes, in slices of which each is one short read."""
    for badge in badges:
        place = -1
        while True:
            query = select(Award.number, Award.id, Award.revocation_reason).where(
                Award.badge_id == badge, Award.revoked_at.is_not(None), Award.number > place
            )
            with engine.connect() as connection:
                rows = connection.execute(query.order_by(Award.number).limit(SLICE)).all()
            yield [(identity, reason) for _, identity, reason in rows]
            if len(rows) < SLICE:
                break
            place = rows[-1][0]


def _one(statement: Select[*tuple[Any, ...]], identity: str) -> Any:
    with single_read() as connection:
        return connection.execute(statement, {"id": identity}).first()


def _badges_of(issuer_id: str) -> Select[*tuple[Any, ...]]:
    return select(BadgeClass.id).where(BadgeClass.issuer_id == issuer_id)


def _badge(row: Any) -> PublicBadge:
    badge, issuer, revision, name, description, criteria, criteria_url, tags, alignments, *rest = row[: len(_BADGE)]
    return PublicBadge(
        badge, issuer, revision, name, description, criteria, criteria_url, tuple(tags), tuple(alignments), *rest
    )


def _award(
    identity: str, email: str | None, url: str | None, salt: str, issued_on: datetime, expires: datetime | None,
    narrative: str | None, evidence: str | None, revision: int, revoked_at: datetime | None, *rest: Any,
) -> AwardFacts:  # fmt: skip
    recipient: HashedRecipient | UrlRecipient = (
        HashedRecipient(hashed_email(email, salt), salt) if email else UrlRecipient(hashed_url(url or "", salt), salt)
    )
    revoked = revoked_at is not None
    return AwardFacts(identity, recipient, issued_on, expires, narrative, evidence, revision, revoked, *rest)
