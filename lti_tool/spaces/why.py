"""Why not yet? What is known of one person and one objective, or of all of the Space's, read in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.space import SpaceFacts
from lti_tool.spaces.why_rules import Condition, Facts, conditions, first_unmet

_STANDINGS = {"active": "learner", "inactive": "left", "open": "open", "preview": "preview"}


@dataclass(frozen=True)
class Why:
    """The list for one objective. `checked_at` is when it was looked up: of a badge objective, in all backpacks."""

    objective: str
    title: str
    kind: str
    conditions: Sequence[Condition]
    checked_at: datetime | None

    @property
    def next(self) -> Condition | None:
        return first_unmet(self.conditions)


def why_not_yet(space: SpaceFacts, member_id: str | None, objective_id: str, *, for_staff: bool) -> Why:
    """For one person; without a member it is a preview. Staff see no draft (it is the learner's own).

    Raises `Problem` not_found.
    """
    row = db.session.execute(_query(space, member_id, for_staff).where(Objective.id == objective_id)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return _why(space, row)


def whys_of(space: SpaceFacts, member_id: str) -> list[Why]:
    """For staff: every objective that this learner has not completed, in their order, without the archive."""
    waiting = or_(Completion.id.is_(None), Completion.state != "complete")
    query = _query(space, member_id, for_staff=True).where(Objective.archived_at.is_(None), waiting)
    return [_why(space, row) for row in db.session.execute(query.order_by(Objective.position, Objective.id))]


def _why(space: SpaceFacts, row: Any) -> Why:
    standing = "staff" if row.role == "staff" else _STANDINGS.get(row.status, "preview")
    facts = Facts(
        kind=row.kind, evidence=row.evidence, standing=standing, has_ended=space.archived,
        is_put_away=row.archived_at is not None, ours=row.badge_id is not None, state=row.state, how=row.how,
        completed_at=row.completed_at, taken_back_at=row.taken_back_at, reason=row.reason, submission=row.submission,
        attempt=row.attempt_state, submitted_at=row.submitted_at, opened_at=row.opened_at, decided_at=row.decided_at,
        returned_because=row.returned_because,
    )  # fmt: skip
    checked_at = row.checked_at if row.kind == "badge" else clock.now()
    return Why(row.id, row.title, row.kind, conditions(facts), checked_at)


def _query(space: SpaceFacts, member_id: str | None, for_staff: bool) -> Select[*tuple[Any, ...]]:
    latest = _latest(member_id, for_staff)
    return (
        select(
            Objective.id, Objective.title, Objective.kind, Objective.evidence, Objective.badge_id,
            Objective.checked_at, Objective.archived_at, Member.role, Member.status, Completion.state, Completion.how,
            Completion.completed_at, Completion.taken_back_at, Completion.reason, Submission.id.label("submission"),
            Submission.state.label("attempt_state"), Submission.submitted_at, Submission.opened_at,
            Submission.decided_at, Submission.reason.label("returned_because"),
        )
        .outerjoin(Member, and_(Member.id == member_id, Member.space_id == Objective.space_id))
        .outerjoin(Completion, and_(Completion.objective_id == Objective.id, Completion.member_id == Member.id))
        .outerjoin(Submission, Submission.id == latest)
        .where(Objective.space_id == space.id, Objective.deleted_at.is_(None))
    )  # fmt: skip


def _latest(member_id: str | None, for_staff: bool) -> Any:
    """The latest attempt at an objective that whoever asks may see."""
    row = aliased(Submission)
    theirs = select(row.id).where(row.objective_id == Objective.id, row.member_id == member_id)
    if for_staff:
        theirs = theirs.where(row.state != "draft", or_(row.state != "withdrawn", row.opened_at.is_not(None)))
    return theirs.order_by(row.attempt.desc()).limit(1).correlate(Objective).scalar_subquery()
