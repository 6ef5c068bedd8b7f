"""Pathways of an issuer with steps, and how far people have come."""

from collections.abc import Sequence

from lti_tool.badges.awardable import target_of
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.pathways.model import Pathway
from lti_tool.badges.pathways.pathways import PathwayWords, make_pathway
from lti_tool.badges.pathways.steps import add_badge, add_group, edit_group
from lti_tool.db import db, transaction
from lti_tool.spaces.pathways.model import PathwayStanding


def make_way(
    organization: str, badges: Sequence[str] = (), name: str = "Lab ready", completion: str | None = None
) -> str:
    """A pathway of the organization's first issuer that needs all of these badges. Answers its id."""
    with transaction():
        pathway = make_pathway(first_issuer_of(organization), PathwayWords(name, "", completion), by=None).id
    for badge in badges:
        with_badge(pathway, badge)
    return pathway


def with_badge(pathway: str, badge: str, into: str | None = None) -> str:
    """One step more. Answers its id."""
    with transaction():
        seen, organization = revision(pathway), target_of(badge).organization
        return add_badge(pathway, badge, into=into, seen=seen, organization=organization)


def with_group(
    pathway: str, badges: Sequence[str], needs: str = "all", needed: int | None = None, into: str | None = None
) -> str:
    """A group of these badges. Answers its id."""
    with transaction():
        group = add_group(pathway, "Core", "all", into=into, seen=revision(pathway))
    for badge in badges:
        with_badge(pathway, badge, group)
    with transaction():
        edit_group(pathway, group, "Core", needs, needed, seen=revision(pathway))
    return group


def revision(pathway: str) -> int:
    return db.session.get_one(Pathway, pathway, populate_existing=True).revision


def standing(space: str, pathway: str, member: str) -> tuple[int, int, bool, str | None] | None:
    """Done, total, whether it was completed, and the award; None for nobody who has begun."""
    db.session.rollback()
    found = db.session.get(PathwayStanding, (space, pathway, member), populate_existing=True)
    return (found.done, found.total, found.completed_at is not None, found.award_id) if found else None
