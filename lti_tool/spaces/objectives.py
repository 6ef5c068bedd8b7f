"""Objectives: what can be completed, in which order, for how many points."""

from dataclasses import dataclass

from sqlalchemy import func, select, update

from lti_tool.badges.badge_classes import badge_facts
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.people.model import Organization
from lti_tool.people.names import clean_text
from lti_tool.spaces.events import ObjectiveAdded
from lti_tool.spaces.model import MAX_POINTS, TITLE_LENGTH, Completion, Member, Objective
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space, recount_bands

FIXED_POINTS = 10
CRITERIA_LENGTH = 10_000


@dataclass(frozen=True)
class ObjectiveWords:
    """What staff say of a manual objective. `private_criteria` never leaves the staff pages."""

    title: str
    points: int = FIXED_POINTS
    public_criteria: str = ""
    private_criteria: str = ""
    revoke_with_objective: bool = True


def create_objective(space_id: str, *, badge: str, words: ObjectiveWords) -> Objective:
    """A new manual objective at the end of the list; completing it awards `badge`."""
    space = open_space(space_id)
    facts = badge_facts(badge)
    if facts is None or facts.organization != space.organization_id:
        raise Problem("not_found", "There is no such badge.")
    hold_space(space_id)
    last = db.session.scalar(select(func.max(Objective.position)).where(Objective.space_id == space_id))
    objective = Objective(space_id=space_id, badge_id=badge, kind="manual", position=(last or 0) + 1)
    _say(objective, words, space.organization_id)
    db.session.add(objective)
    db.session.flush()
    record(ObjectiveAdded(space_id))
    return objective


def edit_objective(objective_id: str, *, words: ObjectiveWords) -> Objective:
    """Change the words; other points move everybody who has completed it, in the same transaction."""
    objective = _held(objective_id)
    space = open_space(objective.space_id)
    before = objective.points
    _say(objective, words, space.organization_id)
    db.session.flush()
    if objective.points != before:
        _reweigh(objective, objective.points - before)
    return objective


def move_objective(objective_id: str, *, up: bool) -> None:
    """One place up or down in the list; at an end nothing moves."""
    objective = _held(objective_id)
    open_space(objective.space_id)
    beyond = Objective.position < objective.position if up else Objective.position > objective.position
    order = Objective.position.desc() if up else Objective.position
    neighbour = db.session.scalar(
        select(Objective).where(Objective.space_id == objective.space_id, beyond).order_by(order).limit(1)
    )
    if neighbour is not None:
        objective.position, neighbour.position = neighbour.position, objective.position


def _held(objective_id: str) -> Objective:
    """The objective as it is now, and its Space held: nobody else moves or completes anything in it meanwhile."""
    objective = db.session.get(Objective, objective_id)
    if objective is None:
        raise Problem("not_found")
    hold_space(objective.space_id)
    db.session.refresh(objective)
    return objective


def _reweigh(objective: Objective, difference: int) -> None:
    done = select(Completion.member_id).where(Completion.objective_id == objective.id, Completion.state == "complete")
    db.session.execute(
        update(Member)
        .where(Member.id.in_(done))
        .values(points=Member.points + difference)
        .execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(Completion)
        .where(Completion.objective_id == objective.id, Completion.state == "complete")
        .values(points=objective.points)
        .execution_options(synchronize_session=False)
    )
    recount_bands(objective.space_id)


def _say(objective: Objective, words: ObjectiveWords, organization: str) -> None:
    title = clean_text(words.title, TITLE_LENGTH)
    if title is None:
        raise Problem("bad_request", "An objective needs a title.")
    if max(len(words.public_criteria), len(words.private_criteria)) > CRITERIA_LENGTH:
        raise Problem("bad_request", f"Criteria hold at most {CRITERIA_LENGTH:,} characters.")
    objective.title = title
    objective.points = _points(words.points, organization)
    objective.public_criteria = words.public_criteria.replace("\x00", "").strip()
    objective.private_criteria = words.private_criteria.replace("\x00", "").strip()
    objective.revoke_with_objective = words.revoke_with_objective


def _points(points: int, organization: str) -> int:
    """Different points per objective only where the organization's features allow it."""
    holder = db.session.get(Organization, organization)
    if holder is None or not holder.may_weigh_points:
        return FIXED_POINTS
    if not 0 <= points <= MAX_POINTS:
        raise Problem("bad_request", f"Points lie between 0 and {MAX_POINTS:,}.")
    return points
