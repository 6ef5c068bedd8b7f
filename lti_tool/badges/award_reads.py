"""Lists of awards for whoever answers for the organization: here, and nowhere public, stands who holds them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import Award, BadgeClass, Issuer
from lti_tool.db import db


@dataclass(frozen=True)
class AwardLine:
    """One award. `person` or `email` says who it was given to; `email` stands alone where nobody is known yet.

    `corrects` is the revoked award that it took the place of, `batch` the table that it came with.
    """

    id: str
    badge: str
    person: str | None
    email: str | None
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    revoked: bool
    name: str | None
    revocation_reason: str | None
    corrects: str | None
    batch: str | None


@dataclass(frozen=True)
class Wanted:
    """Which awards of an organization: of one badge, of one issuer, to a person, or to an address without a person."""

    badge: str | None = None
    issuer: str | None = None
    person: str | None = None
    email: str | None = None


def awards_page(organization: str, wanted: Wanted, *, after: str | None = None, limit: int) -> list[AwardLine]:
    """Up to `limit` awards, the earliest first, from behind the award `after`."""
    query = _of(organization).where(*_filters(wanted))
    if after is not None:
        place = _of(organization).where(Award.id == after).with_only_columns(Award.issued_on, Award.id)
        query = query.where(tuple_(Award.issued_on, Award.id) > place_in_list(place))
    return [AwardLine(*row) for row in db.session.execute(query.order_by(Award.issued_on, Award.id).limit(limit))]


def award_lines(organization: str, award_ids: list[str]) -> list[AwardLine]:
    """The awards of these ids that belong to the organization, in any order."""
    return [AwardLine(*row) for row in db.session.execute(_of(organization).where(Award.id.in_(award_ids)))]


def _of(organization: str) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Award.id, Award.badge_id, Award.person_id, Award.recipient_email, Award.issued_on, Award.expires,
            Award.narrative, Award.evidence, Award.revoked_at.is_not(None), Award.recipient_name,
            Award.revocation_reason, Award.corrects, Award.batch_id,
        )
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .where(Issuer.organization_id == organization)
    )  # fmt: skip


def _filters(wanted: Wanted) -> list[Any]:
    filters = []
    if wanted.badge is not None:
        filters.append(Award.badge_id == wanted.badge)
    if wanted.issuer is not None:
        filters.append(BadgeClass.issuer_id == wanted.issuer)
    given_to = []
    if wanted.person is not None:
        given_to.append(Award.person_id == wanted.person)
    if wanted.email is not None:
        given_to.append(and_(Award.person_id.is_(None), Award.recipient_email == wanted.email))
    return [*filters, or_(*given_to)] if given_to else filters
