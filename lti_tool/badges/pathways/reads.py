"""Pathways as pages show them, and their trees as rules and pages take them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from lti_tool.badges.model import CURRENT_REVISION, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.pathways.model import Pathway, PathwayElement
from lti_tool.badges.pathways.rules import Step, key_of
from lti_tool.db import db

MOST_LISTED = 200


@dataclass(frozen=True)
class PathwayFacts:
    """One pathway. `steps` are the badges that it names."""

    id: str
    issuer: str
    organization: str
    name: str
    description: str
    completion_badge: str | None
    completion_name: str | None
    revision: int
    created_at: datetime
    archived_at: datetime | None
    steps: int


def pathways_of(issuer: str, *, archived: bool = False) -> list[PathwayFacts]:
    """An issuer's pathways by name: the current ones, or the archived ones."""
    away = Pathway.archived_at.is_not(None) if archived else Pathway.archived_at.is_(None)
    query = _facts().where(Pathway.issuer_id == issuer, away).order_by(func.lower(Pathway.name), Pathway.id)
    return [PathwayFacts(*row) for row in db.session.execute(query.limit(MOST_LISTED))]


def pathway_facts(pathway_id: str) -> PathwayFacts | None:
    row = db.session.execute(_facts().where(Pathway.id == pathway_id)).one_or_none()
    return PathwayFacts(*row) if row else None


def tree_of(pathway_id: str) -> Step:
    return trees_of([pathway_id])[pathway_id]


def trees_of(pathways: Collection[str]) -> dict[str, Step]:
    """{pathway: the group of all that stands at its top}, without what was removed."""
    element = PathwayElement
    rows = db.session.execute(
        select(
            element.id, element.pathway_id, element.parent_id, element.kind, element.title, element.needs,
            element.needed, element.badge_id, element.badge_ref, element.badge_issuer_ref,
            func.coalesce(BadgeRevision.name, element.badge_name, element.title).label("name"),
        )
        .outerjoin(BadgeClass, BadgeClass.id == element.badge_id)
        .outerjoin(BadgeRevision, CURRENT_REVISION)
        .where(element.pathway_id.in_(pathways), element.removed_at.is_(None))
        .order_by(element.position, element.id)
    ).all()  # fmt: skip
    below: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        below[row.parent_id or row.pathway_id].append(row)
    return {one: Step(one, steps=_steps(below, one)) for one in pathways}


def removed_step(pathway_id: str, element_id: str) -> str | None:
    """What was removed a moment ago, by its name, for the notice that offers to undo it."""
    element = db.session.get(PathwayElement, element_id)
    if element is None or element.pathway_id != pathway_id or element.removed_at is None:
        return None
    if element.badge_id is None:
        return element.badge_name or element.title
    query = select(BadgeRevision.name).join(BadgeClass, CURRENT_REVISION).where(BadgeClass.id == element.badge_id)
    return db.session.scalar(query)


def _steps(below: dict[str, list[Any]], parent: str) -> tuple[Step, ...]:
    return tuple(
        Step(
            row.id, _key(row), row.needs, row.needed, _steps(below, row.id) if row.kind == "group" else (),
            row.name if row.kind == "badge" else row.title, row.badge_id, row.badge_ref,
        )
        for row in below.get(parent, ())
    )  # fmt: skip


def _key(row: Any) -> str | None:
    return key_of(row.badge_id, row.badge_ref, row.badge_issuer_ref) if row.kind == "badge" else None


def _facts() -> Select[*tuple[Any, ...]]:
    steps = select(func.count()).where(
        PathwayElement.pathway_id == Pathway.id, PathwayElement.kind == "badge", PathwayElement.removed_at.is_(None)
    )
    return (
        select(
            Pathway.id, Pathway.issuer_id, Issuer.organization_id, Pathway.name, Pathway.description,
            Pathway.completion_badge_id, BadgeRevision.name, Pathway.revision, Pathway.created_at,
            Pathway.archived_at, steps.scalar_subquery(),
        )
        .join(Issuer, Issuer.id == Pathway.issuer_id)
        .outerjoin(BadgeClass, BadgeClass.id == Pathway.completion_badge_id)
        .outerjoin(BadgeRevision, CURRENT_REVISION)
    )  # fmt: skip
