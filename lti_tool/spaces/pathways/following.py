"""Which pathways a Space follows: added, removed, and how it tells the workshop."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from lti_tool.badges.pathways.followers import Follower
from lti_tool.badges.pathways.pathways import share_pathway
from lti_tool.badges.pathways.reads import tree_of
from lti_tool.badges.pathways.rules import badges_of
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.pathways.looking import look
from lti_tool.spaces.pathways.model import SpacePathway
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space

MOST_FOLLOWED = 20


def add_pathway(space_id: str, pathway_id: str, *, by: str | None, place: int | None = None) -> None:
    """Follow a pathway of the Space's issuer: everybody's standing is worked out at once, and whoever has completed it
    is given its badge. A second time changes nothing. `place` puts one back to where it was.

    Raises `Problem` not_found for one of another issuer, and pathway_refused for one that is archived or has no step.
    """
    hold_space(space_id)
    space, pathway = open_space(space_id), share_pathway(pathway_id)
    if pathway.issuer_id != space.issuer_id:
        raise Problem("not_found")
    if db.session.get(SpacePathway, (space_id, pathway_id)) is not None:
        return
    if pathway.archived_at is not None and place is None:
        raise Problem("pathway_refused", _("This pathway is archived. Its issuer can restore it."))
    if not badges_of(tree_of(pathway_id)):
        raise Problem("pathway_refused", _("This pathway has no step yet. Add its badges first."))
    here = select(func.max(SpacePathway.position), func.count()).where(SpacePathway.space_id == space_id)
    last, many = db.session.execute(here).one()
    if many >= MOST_FOLLOWED:
        raise Problem("pathway_refused", _("A Space follows at most %(most)s pathways.", most=MOST_FOLLOWED))
    position = (last or 0) + 1 if place is None else place
    db.session.add(SpacePathway(space_id=space_id, pathway_id=pathway_id, position=position, added_by=by))
    db.session.flush()
    look(space_id, pathways=[pathway_id], at_once=True)


def remove_pathway(space_id: str, pathway_id: str) -> int:
    """Follow it no more; awards stay, and standings are kept for whoever adds it again. Answers the place it had."""
    hold_space(space_id)
    open_space(space_id)
    place = db.session.scalar(
        delete(SpacePathway)
        .where(SpacePathway.space_id == space_id, SpacePathway.pathway_id == pathway_id)
        .returning(SpacePathway.position)
        .execution_options(synchronize_session=False)
    )
    if place is None:
        raise Problem("not_found")
    return place


def followers_in_spaces(pathways: Sequence[str]) -> Mapping[str, Sequence[Follower]]:
    """The Spaces that follow each of the pathways, ended ones too, by name."""
    learners = select(func.count()).where(
        Member.space_id == Space.id, Member.role == "member", Member.status.in_(("active", "open"))
    )
    rows = db.session.execute(
        select(SpacePathway.pathway_id, Space.name, learners.scalar_subquery())
        .join(Space, Space.id == SpacePathway.space_id)
        .where(SpacePathway.pathway_id.in_(pathways))
        .order_by(Space.name, Space.id)
    )
    found: defaultdict[str, list[Follower]] = defaultdict(list)
    for pathway, name, people in rows:
        found[pathway].append(Follower(name, people))
    return found
