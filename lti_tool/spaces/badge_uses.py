"""Which Spaces use badge classes, and whose badges a Space gives: told to the workshop, which knows no Space."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import and_, case, func, select

from lti_tool.badges.model import BadgeClass, Issuer
from lti_tool.badges.uses import Use
from lti_tool.db import db
from lti_tool.people.access import Permission, may
from lti_tool.people.visit import visit_or_none
from lti_tool.spaces.model import Member, Objective, Space


def uses_in_spaces(badge_ids: Sequence[str]) -> Mapping[str, Sequence[Use]]:
    """The Spaces with an objective that gives one of the badges or looks for it, by name. Spaces of other organizations
    may look for it too, and are nobody's business here.
    """
    visit = visit_or_none()
    learners = (
        select(func.count()).where(Member.space_id == Space.id, Member.role == "member").scalar_subquery()
    )  # fmt: skip
    gives = case((and_(Objective.kind == "manual", Objective.archived_at.is_(None)), 1), else_=0)
    used = select(Objective.badge_id, Objective.space_id, func.sum(gives).label("giving"))
    used = used.where(Objective.badge_id.in_(badge_ids))
    given = used.group_by(Objective.badge_id, Objective.space_id).subquery()
    giving = case((Space.archived_at.is_(None), given.c.giving), else_=0)
    query = (
        select(given.c.badge_id, Space.id, Space.name, learners, giving)
        .join(given, given.c.space_id == Space.id)
        .join(BadgeClass, BadgeClass.id == given.c.badge_id)
        .join(Issuer, and_(Issuer.id == BadgeClass.issuer_id, Issuer.organization_id == Space.organization_id))
        .order_by(Space.name, Space.id)
    )
    found: defaultdict[str, list[Use]] = defaultdict(list)
    for badge, space, name, people, giving in db.session.execute(query):
        own = visit is not None and visit.is_teacher and visit.space == space
        found[badge].append(Use(space, name, own=own, people=people, giving=giving))
    return found


def issuer_of_space_here() -> str | None:
    """The issuer of the Space that whoever is here builds."""
    visit = visit_or_none()
    if visit is None or not may(visit, Permission.SPACE_BUILD):
        return None
    return db.session.scalar(select(Space.issuer_id).where(Space.id == visit.space))
