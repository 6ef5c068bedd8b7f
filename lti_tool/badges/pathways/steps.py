"""What stands in a pathway: badges and groups, added, moved, removed and called back (decision 46).

Each act names the revision that whoever does it has seen, and brings the pathway to the next one.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from lti_tool import clock
from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.awardable import awardable
from lti_tool.badges.events import PathwayChanged
from lti_tool.badges.pathways.elsewhere import FoundBadge
from lti_tool.badges.pathways.model import PATHWAY_NAME_LENGTH, Pathway, PathwayElement
from lti_tool.badges.pathways.pathways import move_on
from lti_tool.badges.pathways.reads import tree_of
from lti_tool.badges.pathways.rules import MOST_LEVELS, MOST_STEPS, badges_of, every_step, levels, why_impossible
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.people.names import clean_text

KEPT_AFTER_REMOVAL = timedelta(days=1)


def add_badge(
    pathway_id: str, badge: str | FoundBadge, *, into: str | None, seen: int, organization: str
) -> str:  # fmt: skip
    """A badge to hold, at the end of a group or of the pathway. Answers the step's id. Raises `Problem` not_found for a
    badge that is not of the organization, no_more_awards and pathway_refused.
    """
    pathway = move_on(pathway_id, seen)
    element = _new(pathway, into, "badge")
    if isinstance(badge, FoundBadge):
        element.badge_ref, element.badge_issuer_ref = badge.badge, badge.issuer
        element.badge_name = badge.name
    else:
        hold_badges([badge])
        if awardable(badge).organization != organization:
            raise Problem("not_found", _("There is no such badge."))
        element.badge_id = badge
    return _put(pathway, element)


def add_group(pathway_id: str, title: str, needs: str, *, into: str | None, seen: int) -> str:
    """A group without a step yet, of which all or any one will be needed. Answers its id."""
    pathway = move_on(pathway_id, seen)
    element = _new(pathway, into, "group")
    _say(element, title, needs, None, 0)
    return _put(pathway, element)


def edit_group(pathway_id: str, element_id: str, title: str, needs: str, needed: int | None, *, seen: int) -> None:
    """Another title, or other steps needed. Raises `Problem` pathway_refused for what nobody could do."""
    pathway = move_on(pathway_id, seen)
    element = _element(pathway_id, element_id)
    if element.kind != "group":
        raise Problem("not_found")
    _say(element, title, needs, needed, len(_below(pathway_id, element_id)))
    _told(pathway)


def move_step(pathway_id: str, element_id: str, to: str, *, seen: int) -> None:
    """One place up or down, into the group just above it, or out of its group to behind it; elsewhere nothing moves."""
    pathway = move_on(pathway_id, seen)
    element = _element(pathway_id, element_id)
    beside = _below(pathway_id, element.parent_id)
    place = next(number for number, one in enumerate(beside) if one.id == element_id)
    match to:
        case "up" if place > 0:
            beside[place - 1], beside[place] = beside[place], beside[place - 1]
        case "down" if place + 1 < len(beside):
            beside[place + 1], beside[place] = beside[place], beside[place + 1]
        case "in" if place > 0 and beside[place - 1].kind == "group":
            beside = _carry(pathway, element, beside[place - 1].id, None)
        case "out" if element.parent_id is not None:
            group = _element(pathway_id, element.parent_id)
            beside = _carry(pathway, element, group.parent_id, group.id)
    _number(beside)
    _told(pathway)


def remove_step(pathway_id: str, element_id: str, *, seen: int) -> None:
    """Out of the pathway, with all that stands in it; for a day it can be called back."""
    pathway = move_on(pathway_id, seen)
    element = _element(pathway_id, element_id)
    _ask_to_leave(element)
    tree = next(one for one in every_step(tree_of(pathway_id)) if one.id == element_id)
    _mark([element_id, *(one.id for one in every_step(tree))])
    _told(pathway)


def restore_step(pathway_id: str, element_id: str, *, seen: int) -> None:
    """Back to where it was, with all that went with it. Raises `Problem` not_found when it is gone for good."""
    pathway = move_on(pathway_id, seen)
    element = db.session.get(PathwayElement, element_id, populate_existing=True)
    if element is None or element.pathway_id != pathway_id or element.removed_at is None:
        raise Problem("not_found")
    if element.parent_id is not None and _element(pathway_id, element.parent_id).removed_at is not None:
        raise Problem("pathway_refused", _("The group that it stood in was removed too. Bring that back first."))
    db.session.execute(
        update(PathwayElement)
        .where(PathwayElement.pathway_id == pathway_id, PathwayElement.removed_at == element.removed_at)
        .values(removed_at=None)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    _ask_for_room(pathway)
    _told(pathway)


def sweep_removed_steps() -> None:
    """Forget what was removed a day ago. Runs on the schedule."""
    with transaction():
        old = PathwayElement.removed_at < clock.now() - KEPT_AFTER_REMOVAL
        db.session.execute(delete(PathwayElement).where(old).execution_options(synchronize_session=False))


def _new(pathway: Pathway, into: str | None, kind: str) -> PathwayElement:
    """A step at the end of the group `into`, or of the whole."""
    if into is not None and _element(pathway.id, into).kind != "group":
        raise Problem("not_found")
    last = db.session.scalar(
        select(func.max(PathwayElement.position)).where(
            PathwayElement.pathway_id == pathway.id, PathwayElement.parent_id == into
        )
    )
    return PathwayElement(pathway_id=pathway.id, parent_id=into, kind=kind, position=(last or 0) + 1)


def _put(pathway: Pathway, element: PathwayElement) -> str:
    db.session.add(element)
    db.session.flush()
    _ask_for_room(pathway)
    _told(pathway)
    return element.id


def _say(group: PathwayElement, title: str, needs: str, needed: int | None, steps: int) -> None:
    cleaned = clean_text(title, PATHWAY_NAME_LENGTH)
    if cleaned is None:
        raise Problem("pathway_refused", _("A group needs a title."))
    wrong = why_impossible(needs, needed, steps)
    if wrong:
        raise Problem("pathway_refused", wrong)
    group.title, group.needs = cleaned, needs
    group.needed = needed if needs == "some" else None


def _carry(pathway: Pathway, element: PathwayElement, into: str | None, behind: str | None) -> list[PathwayElement]:
    """Into another group: behind a step of it, or to its end. Answers what then stands beside it, in order."""
    _ask_to_leave(element)
    beside = _below(pathway.id, into)
    place = next((number + 1 for number, one in enumerate(beside) if one.id == behind), len(beside))
    element.parent_id = into
    db.session.flush()
    _ask_for_room(pathway)
    return [*beside[:place], element, *beside[place:]]


def _ask_to_leave(element: PathwayElement) -> None:
    """A group must keep as many steps as it needs."""
    if element.parent_id is None:
        return
    group = _element(element.pathway_id, element.parent_id)
    left = len(_below(element.pathway_id, group.id)) - 1
    if why_impossible(group.needs, group.needed, left):
        sentence = _(
            "“%(group)s” needs %(needed)s of its steps and would have %(left)s. Change what it needs first.",
            group=group.title, needed=group.needed, left=left,
        )  # fmt: skip
        raise Problem("pathway_refused", sentence)


def _ask_for_room(pathway: Pathway) -> None:
    """What stands in the pathway now must not be too much, nor the badge that completing it gives."""
    tree = tree_of(pathway.id)
    if pathway.completion_badge_id in badges_of(tree):
        raise Problem("pathway_refused", _("Completing the pathway gives this badge, so it cannot be a step of it."))
    if len(list(every_step(tree))) > MOST_STEPS:
        raise Problem("pathway_refused", _("A pathway has at most %(most)s steps, groups included.", most=MOST_STEPS))
    if levels(tree) > MOST_LEVELS:
        sentence = _("Groups stand in each other at most %(most)s levels deep.", most=MOST_LEVELS)
        raise Problem("pathway_refused", sentence)


def _element(pathway_id: str, element_id: str) -> PathwayElement:
    element = db.session.get(PathwayElement, element_id, populate_existing=True)
    if element is None or element.pathway_id != pathway_id or element.removed_at is not None:
        raise Problem("not_found")
    return element


def _below(pathway_id: str, parent_id: str | None) -> list[PathwayElement]:
    query = select(PathwayElement).where(
        PathwayElement.pathway_id == pathway_id, PathwayElement.parent_id == parent_id,
        PathwayElement.removed_at.is_(None),
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(PathwayElement.position, PathwayElement.id)))


def _number(beside: list[PathwayElement]) -> None:
    for place, one in enumerate(beside, start=1):
        one.position = place
    db.session.flush()


def _mark(ids: list[str]) -> None:
    gone = update(PathwayElement).where(PathwayElement.id.in_(ids)).values(removed_at=clock.now())
    db.session.execute(gone.execution_options(synchronize_session=False))
    db.session.expire_all()


def _told(pathway: Pathway) -> None:
    db.session.flush()
    record(PathwayChanged(pathway.id))
