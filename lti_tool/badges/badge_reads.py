"""Badge classes as pages, the API and documents show them: each with what it says now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import CURRENT_REVISION, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.pictures_kept import Pictures
from lti_tool.badges.revisions import BadgeWords
from lti_tool.db import db


@dataclass(frozen=True)
class Giving:
    """How a badge class may be given: to one person several times, and for how many days an award is meant to hold."""

    allows_repeats: bool = False
    expires_after_days: int | None = None


@dataclass(frozen=True)
class BadgeFacts:
    """A badge class with its current wording, as pages, API and documents show it."""

    id: str
    issuer: str
    organization: str
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
    allows_repeats: bool
    expires_after_days: int | None
    created_by: str | None
    archived_at: datetime | None

    @property
    def words(self) -> BadgeWords:
        return BadgeWords(
            self.name, self.description, self.criteria, self.criteria_url, self.tags, self.alignments,
            self.achievement_type,
        )  # fmt: skip

    @property
    def pictures(self) -> Pictures:
        return Pictures(self.png_key, self.svg_key)

    @property
    def giving(self) -> Giving:
        return Giving(self.allows_repeats, self.expires_after_days)


def badge_facts(badge_id: str) -> BadgeFacts | None:
    """None for no badge class of ours."""
    row = db.session.execute(_current().where(BadgeClass.id == badge_id)).one_or_none()
    return _facts(row) if row else None


def badges_of_issuer(issuer: str) -> list[BadgeFacts]:
    """An issuer's badge classes that are not archived, by name."""
    query = _current().where(BadgeClass.issuer_id == issuer, BadgeClass.archived_at.is_(None))
    return [_facts(row) for row in db.session.execute(query.order_by(BadgeRevision.name, BadgeClass.id))]


def badges_page(
    organization: str, *, issuer: str | None = None, archived: bool = False, after: str | None = None, limit: int
) -> list[BadgeFacts]:  # fmt: skip
    """Up to `limit` of an organization's badge classes that are, or are not, archived, oldest first, from behind
    `after`.
    """
    away = BadgeClass.archived_at.is_not(None) if archived else BadgeClass.archived_at.is_(None)
    query = _current().where(Issuer.organization_id == organization, away)
    if issuer is not None:
        query = query.where(BadgeClass.issuer_id == issuer)
    if after is not None:
        place = select(BadgeClass.created_at, BadgeClass.id).join(Issuer, Issuer.id == BadgeClass.issuer_id)
        place = place.where(BadgeClass.id == after, Issuer.organization_id == organization)
        query = query.where(tuple_(BadgeClass.created_at, BadgeClass.id) > place_in_list(place))
    found = db.session.execute(query.order_by(BadgeClass.created_at, BadgeClass.id).limit(limit))
    return [_facts(row) for row in found]


def badge_names(issuer: str) -> dict[str, str]:
    """{badge: name} of everything that the issuer has, archived ones too, by name."""
    rows = db.session.execute(
        select(BadgeClass.id, BadgeRevision.name)
        .join(BadgeRevision, CURRENT_REVISION)
        .where(BadgeClass.issuer_id == issuer)
        .order_by(BadgeRevision.name, BadgeClass.id)
    )
    return {row[0]: row[1] for row in rows}


def badge_names_by_issuer(organization: str) -> dict[str, dict[str, str]]:
    """{issuer's name: {badge: name}} of an organization, without what is archived."""
    rows = db.session.execute(
        select(Issuer.id, Issuer.name, BadgeClass.id, BadgeRevision.name)
        .join(BadgeClass, BadgeClass.issuer_id == Issuer.id)
        .join(BadgeRevision, CURRENT_REVISION)
        .where(
            Issuer.organization_id == organization, Issuer.archived_at.is_(None), BadgeClass.archived_at.is_(None)
        )
        .order_by(Issuer.created_at, Issuer.id, BadgeRevision.name, BadgeClass.id)
    )  # fmt: skip
    found: dict[str, dict[str, str]] = {}
    for _, issuer, badge, name in rows:
        found.setdefault(issuer, {})[badge] = name
    return found


def _current() -> Select[*tuple[Any, ...]]:
    said = BadgeRevision
    return (
        select(
            BadgeClass.id, BadgeClass.issuer_id, Issuer.organization_id, said.number, said.name, said.description,
            said.criteria, said.criteria_url, said.tags, said.alignments, said.achievement_type, said.png_key,
            said.svg_key, said.created_at, BadgeClass.allows_repeats, BadgeClass.expires_after_days,
            BadgeClass.created_by, BadgeClass.archived_at,
        )
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
        .join(said, CURRENT_REVISION)
    )  # fmt: skip


def _facts(row: Any) -> BadgeFacts:
    facts = row._asdict()
    return BadgeFacts(
        issuer=facts.pop("issuer_id"), organization=facts.pop("organization_id"), revision=facts.pop("number"),
        tags=tuple(facts.pop("tags")), alignments=tuple(facts.pop("alignments")), revised_at=facts.pop("created_at"),
        **facts,
    )  # fmt: skip
