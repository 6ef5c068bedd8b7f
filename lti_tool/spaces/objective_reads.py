"""What the pages of objectives show: small frozen rows, one query each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, tuple_

from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision
from lti_tool.db import db
from lti_tool.spaces.model import Completion, Member, Objective


@dataclass(frozen=True)
class ObjectiveLine:
    """One objective of a Space for staff: what it is and how many have completed it. `badge` is None for a badge of
    somebody else, which `badge_ref` names. `archived`: put away, and offered to nobody.
    """

    id: str
    kind: str
    title: str
    points: int
    badge: str | None
    badge_ref: str | None
    badge_name: str
    public_criteria: str
    private_criteria: str
    evidence: str
    revoke_with_objective: bool
    revision: int
    checked_at: datetime | None
    archived: bool
    done: int


@dataclass(frozen=True)
class ObjectiveFacts:
    """One objective with all that staff have said of it."""

    id: str
    kind: str
    title: str
    badge: str | None
    badge_ref: str | None
    points: int
    public_criteria: str
    private_criteria: str
    evidence: str
    revoke_with_objective: bool
    archived: bool


@dataclass(frozen=True)
class OwnObjective:
    """One objective as the learner sees it, with the own state. Nothing private is read. `how` it was decided last:
    marked by staff, by evidence, or by the badge itself.
    """

    id: str
    kind: str
    title: str
    points: int
    badge: str | None
    badge_ref: str | None
    badge_name: str
    public_criteria: str
    checked_at: datetime | None
    archived: bool
    state: str | None
    how: str | None
    completed_at: datetime | None
    reason: str | None
    award: str | None


@dataclass(frozen=True)
class OwnAward:
    """A badge that the learner holds."""

    id: str
    badge: str
    badge_name: str
    issued_on: datetime


_BADGE_NAME = func.coalesce(BadgeRevision.name, Objective.badge_name)
_IS_ARCHIVED = Objective.archived_at.is_not(None)


def objective_lines(
    space_id: str, objective_id: str | None = None, *, archived: bool = False
) -> list[ObjectiveLine]:  # fmt: skip
    """A Space's objectives in their order, or those in its archive; or the one asked for, wherever it stands."""
    done = (
        select(func.count())
        .select_from(Completion)
        .join(Member, Member.id == Completion.member_id)
        .where(Completion.objective_id == Objective.id, Completion.state == "complete")
        .correlate(Objective)
        .scalar_subquery()
    )
    query = _with_badge(
        Objective.id, Objective.kind, Objective.title, Objective.points, Objective.badge_id, Objective.badge_ref,
        _BADGE_NAME, Objective.public_criteria, Objective.private_criteria, Objective.evidence,
        Objective.revoke_with_objective, Objective.revision, Objective.checked_at, _IS_ARCHIVED, done,
    ).where(Objective.space_id == space_id)  # fmt: skip
    if objective_id is None:
        query = query.where(_IS_ARCHIVED if archived else ~_IS_ARCHIVED)
    else:
        query = query.where(Objective.id == objective_id)
    return [ObjectiveLine(*row) for row in db.session.execute(query.order_by(Objective.position, Objective.id))]


def objectives_page(space_id: str, *, after: str | None = None, limit: int) -> list[ObjectiveFacts]:
    """Up to `limit` of a Space's objectives in their order, from behind the objective `after`."""
    order = (Objective.position, Objective.id)
    query = _facts().where(Objective.space_id == space_id)
    if after is not None:
        place = select(*order).where(Objective.id == after, Objective.space_id == space_id)
        query = query.where(tuple_(*order) > place_in_list(place))
    return [ObjectiveFacts(*row) for row in db.session.execute(query.order_by(*order).limit(limit))]


def objective_facts(space_id: str, objective_id: str) -> ObjectiveFacts | None:
    row = db.session.execute(
        _facts().where(Objective.space_id == space_id, Objective.id == objective_id)
    ).one_or_none()  # fmt: skip
    return ObjectiveFacts(*row) if row else None


def space_of_objective(objective_id: str) -> str | None:
    return db.session.scalar(select(Objective.space_id).where(Objective.id == objective_id))


def deleted_objective(space_id: str, objective_id: str) -> str | None:
    """The title of an objective that was deleted and can still be called back."""
    gone = (Objective.space_id == space_id, Objective.id == objective_id, Objective.deleted_at.is_not(None))
    return db.session.scalar(select(Objective.title).where(*gone))


def picture_key(space_id: str, objective_id: str) -> str | None:
    """Where the picture of a foreign badge lies, for an objective of this Space."""
    here = (Objective.space_id == space_id, Objective.id == objective_id, Objective.deleted_at.is_(None))
    return db.session.scalar(select(Objective.badge_picture_key).where(*here))


def own_objectives(space_id: str, member_id: str | None, objective_id: str | None = None) -> list[OwnObjective]:
    """The objectives with one member's state; without a member (a preview) everything is not started. Of the archive
    only what the member has completed.
    """
    query = (
        _with_badge(
            Objective.id, Objective.kind, Objective.title, Objective.points, Objective.badge_id, Objective.badge_ref,
            _BADGE_NAME, Objective.public_criteria, Objective.checked_at, _IS_ARCHIVED, Completion.state,
            Completion.how, Completion.completed_at, Completion.reason, Award.id,
        )
        .outerjoin(Completion, and_(Completion.objective_id == Objective.id, Completion.member_id == member_id))
        .outerjoin(Award, and_(Award.id == Completion.award_id, Award.revoked_at.is_(None)))
        .where(Objective.space_id == space_id, or_(~_IS_ARCHIVED, Completion.state == "complete"))
    )  # fmt: skip
    if objective_id is not None:
        query = query.where(Objective.id == objective_id)
    return [OwnObjective(*row) for row in db.session.execute(query.order_by(Objective.position, Objective.id))]


def own_awards(person: str) -> list[OwnAward]:
    """The badges that a person holds, newest first, wherever in this installation they were awarded."""
    query = (
        select(Award.id, Award.badge_id, BadgeRevision.name, Award.issued_on)
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(BadgeRevision, CURRENT_REVISION)
        .where(Award.person_id == person, Award.revoked_at.is_(None))
        .order_by(Award.issued_on.desc(), Award.id)
        .limit(500)
    )
    return [OwnAward(*row) for row in db.session.execute(query)]


def _facts() -> Select[*tuple[Any, ...]]:
    return select(
        Objective.id, Objective.kind, Objective.title, Objective.badge_id, Objective.badge_ref, Objective.points,
        Objective.public_criteria, Objective.private_criteria, Objective.evidence, Objective.revoke_with_objective,
        _IS_ARCHIVED,
    ).where(Objective.deleted_at.is_(None))  # fmt: skip


def _with_badge(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Objective)
        .outerjoin(BadgeClass, BadgeClass.id == Objective.badge_id)
        .outerjoin(BadgeRevision, CURRENT_REVISION)
        .where(Objective.deleted_at.is_(None))
    )
