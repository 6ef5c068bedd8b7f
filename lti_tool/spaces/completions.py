"""Marking an objective complete, and taking it back: award, points and rank move in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.awards import award_badge, held_award, is_revoked, revoke_award
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.spaces.events import ObjectiveMoved
from lti_tool.spaces.membership import recipient_of
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import move_standing, share_space

REASON_LENGTH = 500

catalogue(
    {
        "not_a_learner": Entry(
            409, "This person cannot complete objectives", "Only learners complete objectives, not staff or a preview.",
            "you", "Choose a learner from the list of members.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """The outcome: the award that stands behind the completion, and whether anything moved."""

    award: str | None
    changed: bool


def complete(*, objective_id: str, member_id: str, by: str | None) -> Done:
    """Mark complete. A second time changes nothing and answers the same award."""
    objective, member = _objective_and_member(objective_id, member_id)
    now = clock.now()
    completion = _completion(objective_id, member_id)
    if completion is not None and completion.state == "complete":
        return Done(completion.award_id, changed=False)
    if completion is None:
        completion = Completion(
            space_id=member.space_id, objective_id=objective_id, member_id=member_id, gave_award=False
        )
    completion.state, completion.points = "complete", objective.points
    completion.completed_at, completion.completed_by = now, by
    completion.taken_back_at = completion.taken_back_by = completion.reason = None
    _award(objective, member, completion, by)
    db.session.add(completion)
    db.session.flush()
    move_standing(member, points=objective.points, completed=1, at=now)
    _tell(member, completion)
    return Done(completion.award_id, changed=True)


def take_back(*, objective_id: str, member_id: str, by: str | None, reason: str | None = None) -> Done:
    """Undo a completion. The badge goes with it where the objective says so and this completion gave it."""
    objective, member = _objective_and_member(objective_id, member_id)
    completion = _completion(objective_id, member_id)
    if completion is None or completion.state == "taken_back":
        return Done(completion.award_id if completion else None, changed=False)
    now = clock.now()
    _record_taken_back(completion, now, by, reason)
    if objective.revoke_with_objective and completion.gave_award and completion.award_id:
        _revoke(completion.award_id, reason)
    db.session.flush()
    move_standing(member, points=-completion.points, completed=-1, at=now)
    _tell(member, completion)
    return Done(completion.award_id, changed=True)


def _tell(member: Member, completion: Completion) -> None:
    record(
        ObjectiveMoved(
            member.space_id, member.id, member.person_id, member.completed, completion.objective_id,
            completion.state == "complete",
        )
    )  # fmt: skip


def _award(objective: Objective, member: Member, completion: Completion, by: str | None) -> None:
    if completion.award_id and not is_revoked(completion.award_id):
        return
    recipient = recipient_of(member)
    held = held_award(badge=objective.badge_id, person=recipient.person, email=recipient.email)
    if held:
        completion.award_id, completion.gave_award = held, False
        return
    completion.award_id = award_badge(badge=objective.badge_id, recipient=recipient, awarded_by=by).id
    completion.gave_award = True


def _record_taken_back(completion: Completion, now: datetime, by: str | None, reason: str | None) -> None:
    completion.state = "taken_back"
    completion.taken_back_at, completion.taken_back_by = now, by
    completion.reason = reason[:REASON_LENGTH] if reason else None


def _revoke(award_id: str, reason: str | None) -> None:
    if not is_revoked(award_id):
        revoke_award(award_id, reason=reason or "The objective was taken back.")


def _objective_and_member(objective_id: str, member_id: str) -> tuple[Objective, Member]:
    """Both, of one Space that is still open; the member's row is held until the end of the transaction."""
    objective = db.session.get(Objective, objective_id)
    if objective is None:
        raise Problem("not_found")
    share_space(objective.space_id)
    db.session.refresh(objective)  # its points may have changed while we waited
    held = select(Member).where(Member.id == member_id).with_for_update().execution_options(populate_existing=True)
    member = db.session.scalar(held)
    if member is None or objective.space_id != member.space_id:
        raise Problem("not_found")
    open_space(objective.space_id)
    if member.role != "member" or member.status == "preview":
        raise Problem("not_a_learner")
    return objective, member


def _completion(objective_id: str, member_id: str) -> Completion | None:
    return db.session.scalar(
        select(Completion).where(Completion.objective_id == objective_id, Completion.member_id == member_id)
    )
