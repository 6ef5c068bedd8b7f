"""A Space begins like an earlier one: its objectives, pathways and settings, and nobody of its people."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.model import BadgeClass
from lti_tool.badges.pathways.model import Pathway
from lti_tool.badges.staffing.model import IssuerStaff
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.visit import Visit
from lti_tool.spaces.foreign_badges import ForeignBadge
from lti_tool.spaces.lineage import line_of
from lti_tool.spaces.model import Member, Objective, Space
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from lti_tool.spaces.pathways.model import SpacePathway
from lti_tool.spaces.staffing.model import SpaceStaff

MOST_OFFERED = 50


@dataclass(frozen=True)
class Copied:
    """What came along, and how many objectives did not because their badge is archived by now."""

    objectives: int
    left_out: int


def copy_into(space: Space, earlier: str, *, whole: bool = True) -> Copied:
    """What `earlier` says, for a Space that was just made in the same organization. Not `whole`: what somebody may have
    who never ran it, so no notes for staff, and nothing that gives away a badge of another issuer.
    """
    source = db.session.get(Space, earlier)
    if source is None or source.organization_id != space.organization_id:
        raise Problem("not_found")
    space.leaderboard_on, space.aliases_on = source.leaderboard_on, source.aliases_on
    space.names_allowed = source.names_allowed
    only = None if whole else space.issuer_id
    lines = db.session.scalars(coming(earlier, only).order_by(Objective.position, Objective.id)).all()
    hold_badges(one.badge_id for one in lines if one.badge_id)  # of two copies none waits for the other in a circle
    came = sum(_copied(one, space.id, one.private_criteria if whole else "") for one in lines)
    for row in db.session.scalars(coming_pathways(earlier, only)).all():
        db.session.add(
            SpacePathway(space_id=space.id, pathway_id=row.pathway_id, position=row.position, added_by=space.created_by)
        )
    db.session.flush()
    return Copied(came, len(lines) - came)


def coming(earlier: str, only: str | None = None) -> Select[Objective]:
    """The objectives that a copy begins with; of those that give a badge, the ones that give one of `only`'s."""
    found = select(Objective).where(Objective.space_id == earlier, Objective.archived_at.is_(None))
    if only is None:
        return found
    own = select(BadgeClass.id).where(BadgeClass.issuer_id == only)
    return found.where(or_(Objective.kind != "manual", Objective.badge_id.in_(own)))


def coming_pathways(earlier: str, only: str | None = None) -> Select[SpacePathway]:
    """Likewise its pathways, which give badges too."""
    found = select(SpacePathway).where(SpacePathway.space_id == earlier)
    if only is None:
        return found
    return found.where(SpacePathway.pathway_id.in_(select(Pathway.id).where(Pathway.issuer_id == only)))


def ask_to_copy(visit: Visit, earlier: str) -> Space:
    """The earlier Space, for whoever runs it or did. Raises `Problem` not_found."""
    found = select(Space).where(Space.id == earlier, Space.organization_id == visit.organization)
    space = db.session.scalar(found.where(_runs_or_ran(visit.person)))
    if space is None:
        raise Problem("not_found")
    return space


def copyable(visit: Visit) -> list[tuple[str, str]]:
    """(id, name) of the Spaces whose objectives somebody may bring along, the newest first."""
    query = select(Space.id, Space.name).where(Space.organization_id == visit.organization, _runs_or_ran(visit.person))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Space.id.desc()).limit(MOST_OFFERED))]


def run_by(person: str, spaces: Collection[str]) -> set[str]:
    """Those of the Spaces that somebody runs, or did."""
    if not spaces:
        return set()
    return set(db.session.scalars(select(Space.id).where(Space.id.in_(spaces), _runs_or_ran(person))))


def runs(person: str, *, as_teacher: bool = False) -> ColumnElement[bool]:
    """Does the person run the Space without an LMS: as its staff, or by a role in its issuer? (decision 7)"""
    in_issuer = and_(
        IssuerStaff.issuer_id == Space.issuer_id, IssuerStaff.person_id == person,
        IssuerStaff.role.in_(("owner", "editor")),
    )  # fmt: skip
    in_space = and_(SpaceStaff.space_id == Space.id, SpaceStaff.person_id == person)
    if as_teacher:
        in_space = and_(in_space, SpaceStaff.role == "teacher")
    return or_(exists().where(in_space), exists().where(in_issuer))


def _runs_or_ran(person: str) -> ColumnElement[bool]:
    return or_(runs(person), _ran(person))


def _ran(person: str) -> ColumnElement[bool]:
    """Did they make it, or come to it as staff by a launch? That opens what it says, and none of its people."""
    came = and_(
        Member.space_id == Space.id, Member.person_id == person, Member.role == "staff", Member.role_from_launch,
        Member.status == "active",
    )  # fmt: skip
    return or_(Space.created_by == person, exists().where(came))


def _copied(one: Objective, space_id: str, notes: str) -> bool:
    words = ObjectiveWords(one.title, one.points, one.public_criteria, notes, one.revoke_with_objective, one.evidence)
    try:
        copy = create_objective(space_id, badge=_badge_of(one), words=words, kind=one.kind)
    except Problem as refused:
        if refused.code != "no_more_awards":
            raise
        return False
    copy.copied_from = line_of(one)
    return True


def _badge_of(one: Objective) -> str | ForeignBadge:
    if one.badge_id is not None:
        return one.badge_id
    return ForeignBadge(
        one.badge_ref or "", one.badge_issuer_ref or "", one.badge_name or "", one.badge_picture_key or ""
    )
