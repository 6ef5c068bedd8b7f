"""Lists of Spaces with what an overview of many shows of each."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Select, func, select

from lti_tool.db import db
from lti_tool.spaces.days import end_of_day, is_over
from lti_tool.spaces.member_reads import IS_COUNTED
from lti_tool.spaces.model import Member, Space


@dataclass(frozen=True)
class SpaceLine:
    """One Space. `members` are its learners, open places included; staff and previews are not counted."""

    id: str
    name: str
    issuer: str
    ends_on: date
    archived_at: datetime | None
    members: int


def spaces_page(
    organization: str, *, among: Select[str | None] | None = None, issuer: str | None = None,
    after: str | None = None, limit: int,
) -> list[SpaceLine]:  # fmt: skip
    """Up to `limit` of an organization's Spaces, or of one `issuer` of it, oldest first, from behind the Space `after`;
    ids grow with time.
    """
    query = _lines(organization)
    if among is not None:
        query = query.where(Space.id.in_(among))
    if issuer is not None:
        query = query.where(Space.issuer_id == issuer)
    if after is not None:
        query = query.where(Space.id > after)
    return [_line(row) for row in db.session.execute(query.order_by(Space.id).limit(limit))]


def space_line(organization: str, space_id: str) -> SpaceLine | None:
    row = db.session.execute(_lines(organization).where(Space.id == space_id)).one_or_none()
    return _line(row) if row else None


def _lines(organization: str) -> Select[*tuple[Any, ...]]:
    members = (
        select(func.count())
        .select_from(Member)
        .where(Member.space_id == Space.id, IS_COUNTED)
        .correlate(Space)
        .scalar_subquery()
    )
    return select(
        Space.id, Space.name, Space.issuer_id, Space.ends_on, Space.archived_at, members, Space.time_zone
    ).where(Space.organization_id == organization)  # fmt: skip


def _line(row: Any) -> SpaceLine:
    identity, name, issuer, ends_on, archived_at, members, zone = row
    if archived_at is None and is_over(None, ends_on, zone):  # and the schedule has not come by yet
        archived_at = end_of_day(ends_on, zone).astimezone(UTC)
    return SpaceLine(identity, name, issuer, ends_on, archived_at, members)
