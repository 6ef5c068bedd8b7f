"""Where objectives stand: their order, put away into the archive and back, deleted and called back (decision 45)."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, or_, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.kept_files import forget_files
from lti_tool.outbox import record
from lti_tool.spaces.badge_objectives import look
from lti_tool.spaces.events import ObjectiveAdded, ObjectivePutAway
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.objectives import held_objective
from lti_tool.spaces.space import open_space

KEPT_AFTER_DELETION = timedelta(days=1)
FIRST = "first"

catalogue(
    {
        "objective_in_the_way": Entry(
            409, "This objective cannot be deleted", "Somebody has completed it, or has handed something in for it.",
            "you", "Archive it: it is then offered to nobody, and what was completed stays. Nothing was changed.",
        ),
    }
)  # fmt: skip


def move_objective(objective_id: str, *, up: bool) -> None:
    """One place up or down in the list; at an end nothing moves."""
    objective = held_objective(objective_id)
    order = _order(objective.space_id)
    place = order.index(objective_id) if objective_id in order else 0
    beside = place - 1 if up else place + 1
    if objective_id in order and 0 <= beside < len(order):
        order[place], order[beside] = order[beside], order[place]
        _put_in(order, objective.space_id)


def place_objective(objective_id: str, *, after: str) -> None:
    """To any place in one step: behind the objective `after`, or to the top for `FIRST`. Raises `Problem` not_found for
    a place that is not there any more.
    """
    objective = held_objective(objective_id)
    order = [one for one in _order(objective.space_id) if one != objective_id]
    if objective.archived_at is not None or after == objective_id or (after != FIRST and after not in order):
        raise Problem("not_found", _("There is no such place any more. Choose another one."))
    order.insert(0 if after == FIRST else order.index(after) + 1, objective_id)
    _put_in(order, objective.space_id)


def archive_objective(objective_id: str) -> None:
    """Offered to nobody any more. Whoever has completed it keeps award and points."""
    objective = held_objective(objective_id)
    open_space(objective.space_id)
    if objective.archived_at is None:
        objective.archived_at = clock.now()
        _count_again(objective, -1)
        record(ObjectivePutAway(objective.space_id))


def restore_objective(objective_id: str) -> None:
    """Out of the archive, to the end of the list; or back to what it was before it was deleted."""
    objective = held_objective(objective_id)
    open_space(objective.space_id)
    if objective.archived_at is None:
        return
    order = _order(objective.space_id)
    objective.archived_at = objective.deleted_at = None
    db.session.flush()
    _put_in([*order, objective_id], objective.space_id)
    _count_again(objective, +1)
    record(ObjectiveAdded(objective.space_id))
    if objective.kind == "badge":
        look(objective.space_id, objectives=[objective_id])


def delete_objective(objective_id: str) -> None:
    """Only while nothing has happened; for a day it can be called back. Raises `Problem` objective_in_the_way."""
    objective = held_objective(objective_id)
    open_space(objective.space_id)
    if objective.deleted_at is not None:
        return
    if db.session.scalar(select(_has_happened(objective_id))):
        raise Problem("objective_in_the_way")
    was_counted = objective.archived_at is None
    objective.archived_at = objective.archived_at or clock.now()
    objective.deleted_at = clock.now()
    if was_counted:
        record(ObjectivePutAway(objective.space_id))


def may_be_deleted(objective_id: str) -> bool:
    return not db.session.scalar(select(_has_happened(objective_id)))


def sweep_deleted_objectives() -> None:
    """Forget what was deleted a day ago. Runs on the schedule."""
    old = Objective.deleted_at < clock.now() - KEPT_AFTER_DELETION
    with transaction():
        gone = delete(Objective).where(old).returning(Objective.badge_picture_key)
        keys = db.session.scalars(gone.execution_options(synchronize_session=False)).all()
        forget_files(keys)


def _has_happened(objective_id: str) -> ColumnElement[bool]:
    done = exists().where(Completion.objective_id == objective_id)
    return or_(done, exists().where(Submission.objective_id == objective_id))


def _order(space_id: str) -> list[str]:
    query = select(Objective.id).where(Objective.space_id == space_id, Objective.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Objective.position, Objective.id)))


def _put_in(order: list[str], space_id: str) -> None:
    """Give every objective of the list its place; only those that move are written."""
    open_space(space_id)
    rows = {one.id: one for one in db.session.scalars(select(Objective).where(Objective.space_id == space_id))}
    for place, objective_id in enumerate(order, start=1):
        if rows[objective_id].position != place:
            rows[objective_id].position = place
    db.session.flush()


def _count_again(objective: Objective, change: int) -> None:
    """How many objectives somebody has completed is said of those that are offered; points stay whatever happens."""
    done = select(Completion.member_id).where(Completion.objective_id == objective.id, Completion.state == "complete")
    db.session.execute(
        update(Member)
        .where(Member.id.in_(done))
        .values(completed=Member.completed + change)
        .execution_options(synchronize_session=False)
    )
