"""Lists of issuers and of their badge classes, with the figures that their pages show."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select, tuple_

from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.badges.uses import Use, uses_of_many
from lti_tool.db import db
from lti_tool.errors import Problem

PAGE = 50
SEARCH_LENGTH = 100
MOST_COUNTED = 10_000
_SEARCH_WORDS = 6
_NAME = func.lower(BadgeRevision.name)


@dataclass(frozen=True)
class IssuerLine:
    """One issuer that somebody works for. `role` is None where they only make badges. `badges` are the current ones."""

    id: str
    name: str
    url: str
    png_key: str | None
    archived_at: datetime | None
    role: str | None
    badges: int
    awards: int


@dataclass(frozen=True)
class BadgeLine:
    """One badge class in a list. `awards` are those that hold; more than `MOST_COUNTED` are not counted."""

    id: str
    name: str
    description: str
    tags: Sequence[str]
    archived_at: datetime | None
    awards: int
    uses: Sequence[Use] = ()


@dataclass(frozen=True)
class Turn:
    """Where in the list to read: `after` or `before` the place of a badge, or at the beginning."""

    after: str | None = None
    before: str | None = None
    search: str = ""
    archived: bool = False


@dataclass(frozen=True)
class BadgesPage:
    """One page of badges. `previous` and `next` are the `before` and `after` of the pages beside it."""

    lines: list[BadgeLine] = field(default_factory=list)
    previous: str | None = None
    next: str | None = None


def issuers_of(person: str, organization: str, here: str | None) -> list[IssuerLine]:
    """The issuers of the organization where somebody has a role or made a badge, and the one `here`, by name."""
    made = select(BadgeClass.issuer_id).where(BadgeClass.created_by == person)
    badges = select(func.count()).where(BadgeClass.issuer_id == Issuer.id, BadgeClass.archived_at.is_(None))
    given = select(BadgeClass.id).where(BadgeClass.issuer_id == Issuer.id).correlate(Issuer)
    query = (
        select(
            Issuer.id, Issuer.name, Issuer.url, Issuer.png_key, Issuer.archived_at, IssuerStaff.role,
            badges.scalar_subquery(), _counted(Award.badge_id.in_(given)),
        )
        .outerjoin(IssuerStaff, and_(IssuerStaff.issuer_id == Issuer.id, IssuerStaff.person_id == person))
        .where(
            Issuer.organization_id == organization,
            or_(IssuerStaff.role.is_not(None), Issuer.id.in_(made), Issuer.id == here),
        )
        .order_by(Issuer.archived_at.is_not(None), func.lower(Issuer.name), Issuer.id)
    )  # fmt: skip
    return [IssuerLine(*row) for row in db.session.execute(query)]


def badges_of(issuer: str, turn: Turn | None = None, limit: int = PAGE) -> BadgesPage:
    """A page of an issuer's badge classes by name: the current ones, or the archived ones.

    Raises `Problem` not_found where `after` or `before` is no badge of this issuer.
    """
    turn = turn or Turn()
    backwards = bool(turn.before)
    query = _lines(issuer).where(*_matches(turn.search))
    query = query.where(BadgeClass.archived_at.is_not(None) if turn.archived else BadgeClass.archived_at.is_(None))
    anchor = _place(issuer, turn.before or turn.after) if turn.before or turn.after else None
    if anchor is not None:
        place = tuple_(_NAME, BadgeClass.id)
        query = query.where(place < anchor if backwards else place > anchor)
    order = (_NAME.desc(), BadgeClass.id.desc()) if backwards else (_NAME, BadgeClass.id)
    rows = list(db.session.execute(query.order_by(*order).limit(limit + 1)))
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    before_these, after_these = (more, True) if backwards else (anchor is not None, more)
    uses = uses_of_many([row.id for row in rows])
    return BadgesPage(
        [BadgeLine(**row._asdict(), uses=uses[row.id]) for row in rows],
        rows[0].id if rows and before_these else None,
        rows[-1].id if rows and after_these else None,
    )


def has_badges(issuer: str, *, archived: bool) -> bool:
    wanted = BadgeClass.archived_at.is_not(None) if archived else BadgeClass.archived_at.is_(None)
    return db.session.scalar(select(BadgeClass.id).where(BadgeClass.issuer_id == issuer, wanted).limit(1)) is not None


@dataclass(frozen=True)
class AwardFigures:
    """How many awards of a badge hold, and how many were revoked."""

    holding: int
    revoked: int


def award_figures(badge: str) -> AwardFigures:
    """Counted over all awards of the badge."""
    holding, revoked = case((Award.revoked_at.is_(None), 1)), case((Award.revoked_at.is_not(None), 1))
    query = select(func.count(holding), func.count(revoked)).where(Award.badge_id == badge)
    return AwardFigures(*db.session.execute(query).one())


def _lines(issuer: str) -> Select[*tuple[Any, ...]]:
    said = BadgeRevision
    return (
        select(
            BadgeClass.id, said.name, said.description, said.tags, BadgeClass.archived_at,
            _counted(Award.badge_id == BadgeClass.id).label("awards"),
        )
        .join(said, CURRENT_REVISION)
        .where(BadgeClass.issuer_id == issuer)
    )  # fmt: skip


def _counted(which: ColumnElement[bool]) -> Any:
    """Counting stops where nobody reads the figure any more, so that a page of a large issuer stays quick."""
    some = select(Award.id).where(which, Award.revoked_at.is_(None)).limit(MOST_COUNTED + 1)
    return select(func.count()).select_from(some.correlate(BadgeClass, Issuer).subquery()).scalar_subquery()


def _matches(search: str) -> list[ColumnElement[bool]]:
    """Every word must occur in the name or a tag."""
    words = search[:SEARCH_LENGTH].lower().split()[:_SEARCH_WORDS]
    tags = func.lower(cast(BadgeRevision.tags, String))
    return [
        or_(_NAME.contains(word, autoescape=True), tags.contains(json.dumps(word)[1:-1], autoescape=True))
        for word in words
    ]


def _place(issuer: str, badge: str | None) -> tuple[str, str]:
    query = (
        select(_NAME, BadgeClass.id)
        .join(BadgeRevision, CURRENT_REVISION)
        .where(BadgeClass.id == badge, BadgeClass.issuer_id == issuer)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row[0], row[1]
