"""Pathways as the pages of a Space show them: figures over everybody, and how far each learner has come."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, or_, select

from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision
from lti_tool.badges.pathways.model import Pathway
from lti_tool.badges.pathways.reads import trees_of
from lti_tool.badges.pathways.rules import Progress, Step, key_of, next_step, progress
from lti_tool.db import db
from lti_tool.spaces.member_reads import IS_COUNTED
from lti_tool.spaces.model import Member, Objective
from lti_tool.spaces.pathways.looking import held_by_members
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway


@dataclass(frozen=True)
class FollowedPathway:
    """A pathway of the Space with its figures: of the `learners` so many have `completed` it and have `started`."""

    id: str
    name: str
    description: str
    completion_badge: str | None
    completion_name: str | None
    position: int
    checked_at: datetime | None
    settles_at: datetime | None
    completed: int = 0
    started: int = 0


@dataclass(frozen=True)
class Standing:
    """How far a learner has come, as it is kept. The award may be one that was revoked since."""

    done: int
    total: int
    completed_at: datetime | None
    award: str | None
    is_revoked: bool = False

    @property
    def has_lost(self) -> bool:
        """Completed once, and not all of it holds any more."""
        return self.completed_at is not None and self.done < self.total

    @property
    def state(self) -> str:
        if self.completed_at is not None:
            return "complete"
        return "started" if self.done else "none"


NOTHING_YET = Standing(0, 0, None, None)


@dataclass(frozen=True)
class OwnPathway:
    """A pathway as one learner sees it: the tree with the state of every step now, and what is kept."""

    pathway: FollowedPathway
    tree: Step
    now: Progress
    next: Step | None
    standing: Standing


def followed_pathways(space_id: str, pathway_id: str | None = None) -> list[FollowedPathway]:
    """In the order of the Space, each with its figures; one statement, however many learners there are."""
    here = and_(PathwayStanding.space_id == SpacePathway.space_id, PathwayStanding.pathway_id == Pathway.id)
    completed = func.count(case((PathwayStanding.completed_at.is_not(None), 1)))
    started = func.count(case((or_(PathwayStanding.completed_at.is_not(None), PathwayStanding.done > 0), 1)))
    of_learners = select(completed).join(Member, Member.id == PathwayStanding.member_id).where(here, IS_COUNTED)
    started_by = select(started).join(Member, Member.id == PathwayStanding.member_id).where(here, IS_COUNTED)
    query = (
        select(
            Pathway.id, Pathway.name, Pathway.description, Pathway.completion_badge_id, BadgeRevision.name,
            SpacePathway.position, SpacePathway.checked_at, SpacePathway.settles_at,
            of_learners.correlate(SpacePathway, Pathway).scalar_subquery(),
            started_by.correlate(SpacePathway, Pathway).scalar_subquery(),
        )
        .join(SpacePathway, SpacePathway.pathway_id == Pathway.id)
        .outerjoin(BadgeClass, BadgeClass.id == Pathway.completion_badge_id)
        .outerjoin(BadgeRevision, CURRENT_REVISION)
        .where(SpacePathway.space_id == space_id)
        .order_by(SpacePathway.position, SpacePathway.added_at, Pathway.id)
    )  # fmt: skip
    if pathway_id is not None:
        query = query.where(Pathway.id == pathway_id)
    return [FollowedPathway(*row) for row in db.session.execute(query)]


def follows_any(space_id: str) -> bool:
    query = select(SpacePathway.pathway_id).where(SpacePathway.space_id == space_id)
    return db.session.scalar(query.limit(1)) is not None


def standings_of(
    space_id: str, members: Collection[str], pathway_id: str | None = None
) -> Mapping[tuple[str, str], Standing]:
    """{(pathway, member): standing} of those who have begun."""
    query = (
        select(
            PathwayStanding.pathway_id, PathwayStanding.member_id, PathwayStanding.done, PathwayStanding.total,
            PathwayStanding.completed_at, PathwayStanding.award_id, Award.revoked_at,
        )
        .outerjoin(Award, Award.id == PathwayStanding.award_id)
        .where(PathwayStanding.space_id == space_id, PathwayStanding.member_id.in_(members))
    )  # fmt: skip
    if pathway_id is not None:
        query = query.where(PathwayStanding.pathway_id == pathway_id)
    return {
        (row[0], row[1]): Standing(row.done, row.total, row.completed_at, row.award_id, row.revoked_at is not None)
        for row in db.session.execute(query)
    }


def own_pathways(space_id: str, member_id: str | None, pathway_id: str | None = None) -> list[OwnPathway]:
    """Every pathway of the Space, or one, as this learner stands with it."""
    followed = followed_pathways(space_id, pathway_id)
    trees = trees_of([one.id for one in followed])
    person = db.session.scalar(select(Member.person_id).where(Member.id == member_id)) if member_id else None
    held = held_by_members(space_id, list(trees.values()), [person]) if person and trees else {}
    badges = held.get(member_id or "", frozenset())
    kept = standings_of(space_id, [member_id] if member_id else [], pathway_id)
    return [
        OwnPathway(
            one, trees[one.id], progress(trees[one.id], badges), next_step(trees[one.id], badges),
            kept.get((one.id, member_id or ""), NOTHING_YET),
        )
        for one in followed
    ]  # fmt: skip


def objectives_for(space_id: str) -> Mapping[str, str]:
    """{badge: the objective of this Space that gives it or looks for it}, where there is one."""
    rows = db.session.execute(
        select(Objective.badge_id, Objective.badge_ref, Objective.badge_issuer_ref, Objective.id)
        .where(Objective.space_id == space_id, Objective.archived_at.is_(None))
        .order_by(Objective.position.desc())
    )
    return {key_of(badge, ref, issuer): objective for badge, ref, issuer, objective in rows}
