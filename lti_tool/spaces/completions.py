"""Marking an objective complete, and taking it back: award, points and rank move in one transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.already_held import held_by
from lti_tool.badges.awards import award_badge, hold_award, is_revoked, revoke_award
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.spaces.events import ObjectiveMoved
from lti_tool.spaces.evidence.required import ask_for_evidence
from lti_tool.spaces.membership import recipient_of
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import move_standing, share_space
from lti_tool.words import to_say

REASON_LENGTH = 500

catalogue(
    {
        "not_a_learner": Entry(
            409, "This person cannot complete objectives", "Only learners complete objectives, not staff or a preview.",
            "you", "Choose a learner from the list of members.",
        ),
        "objective_archived": Entry(
            409, "This objective is archived", "Nobody can complete it while it is in the archive.",
            "a teacher of the course", "Take it out of the archive first. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Done:
    """The outcome: the award that stands behind the completion, and whether anything moved."""

    award: str | None
    changed: bool


def complete(
    *, objective_id: str, member_id: str, by: str | None, how: str = "marked", evidence: str | None = None,
    confirmed: bool = False,
) -> Done:  # fmt: skip
    """Mark complete. A second time changes nothing and answers the same award. What is marked by hand stands, whatever
    becomes of a badge that an objective looks for; such an objective gives none.

    `evidence` is a web address that enters the award. Raises `Problem` objective_archived, and evidence_required where
    the objective asks for evidence, none was accepted, and it is to be `marked` without being `confirmed`.
    """
    objective, member = hold_pair(objective_id, member_id)
    now = clock.now()
    completion = _completion(objective_id, member_id)
    if completion is not None and completion.state == "complete":
        if completion.how == "badge" and how == "marked":
            completion.how, completion.completed_by = how, by
        return Done(completion.award_id, changed=False)
    if objective.archived_at is not None:
        raise Problem("objective_archived")
    if how == "marked" and not confirmed:
        ask_for_evidence(objective, member_id)
    if completion is None:
        completion = Completion(
            space_id=member.space_id, objective_id=objective_id, member_id=member_id, gave_award=False
        )
    completion.state, completion.how, completion.points = "complete", how, objective.points
    completion.completed_at, completion.completed_by = now, by
    completion.taken_back_at = completion.taken_back_by = completion.reason = None
    _award(objective, member, completion, by, evidence)
    db.session.add(completion)
    db.session.flush()
    move_standing(member, points=objective.points, completed=1, at=now)
    _tell(member, completion)
    return Done(completion.award_id, changed=True)


def take_back(*, objective_id: str, member_id: str, by: str | None, reason: str | None = None) -> Done:
    """Undo a completion. The badge goes with it where the objective says so and this completion gave it."""
    objective, member = hold_pair(objective_id, member_id)
    completion = _completion_with_award(objective_id, member_id)
    if completion is None or completion.state == "taken_back":
        return Done(completion.award_id if completion else None, changed=False)
    now = clock.now()
    _record_taken_back(completion, now, by, reason)
    if objective.kind == "badge":
        completion.how = "marked"  # else the badge, which they may hold still, would complete it again
    if objective.revoke_with_objective and completion.gave_award and completion.award_id:
        _revoke(completion.award_id, reason)
    db.session.flush()
    move_standing(member, points=-completion.points, completed=-_counted(objective), at=now)
    _tell(member, completion)
    return Done(completion.award_id, changed=True)


def undo_completion(*, objective_id: str, member_id: str, completed_at: datetime, reason: str) -> bool:
    """As if it had not happened: nothing stays of what was completed at that very moment, and an award that it gave is
    revoked. Says whether it was still there.
    """
    objective, member = hold_pair(objective_id, member_id)
    completion = _completion_with_award(objective_id, member_id)
    if completion is None or (completion.state, completion.completed_at) != ("complete", completed_at):
        return False
    if completion.gave_award and completion.award_id:
        _revoke(completion.award_id, reason)
    completion.state = "taken_back"
    db.session.delete(completion)
    db.session.flush()
    move_standing(member, points=-completion.points, completed=-_counted(objective), at=clock.now())
    _tell(member, completion)
    return True


def _tell(member: Member, completion: Completion) -> None:
    record(
        ObjectiveMoved(
            member.space_id, member.id, member.person_id, member.completed, member.points, completion.objective_id,
            completion.state == "complete",
        )
    )  # fmt: skip


def _award(
    objective: Objective, member: Member, completion: Completion, by: str | None, evidence: str | None
) -> None:  # fmt: skip
    if completion.award_id and not is_revoked(completion.award_id):
        return
    if objective.badge_id is None:  # a foreign badge is not ours to give
        return
    recipient = recipient_of(member)
    held = held_by(objective.badge_id, person=recipient.person, email=recipient.email)
    if held or objective.kind == "badge":
        completion.award_id, completion.gave_award = held, False
        return
    given = award_badge(
        badge=objective.badge_id, recipient=recipient, awarded_by=by, promised=True, evidence=evidence
    )
    completion.award_id = given.id
    completion.gave_award = True


def _counted(objective: Objective) -> int:
    """How many objectives somebody has completed is said of those that are not archived."""
    return 1 if objective.archived_at is None else 0


def _record_taken_back(completion: Completion, now: datetime, by: str | None, reason: str | None) -> None:
    completion.state = "taken_back"
    completion.taken_back_at, completion.taken_back_by = now, by
    completion.reason = reason[:REASON_LENGTH] if reason else None


def _revoke(award_id: str, reason: str | None) -> None:
    if not is_revoked(award_id):
        revoke_award(award_id, reason=reason or to_say("The objective was taken back."))


def hold_pair(objective_id: str, member_id: str) -> tuple[Objective, Member]:
    """Both, of one Space that is still open; the member's row is held until the end of the transaction."""
    objective = db.session.get(Objective, objective_id)
    if objective is None:
        raise Problem("not_found")
    share_space(objective.space_id)
    objective = db.session.get(Objective, objective_id, populate_existing=True)  # while we waited it may have changed
    if objective is None:
        raise Problem("not_found")
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


def _completion_with_award(objective_id: str, member_id: str) -> Completion | None:
    """With the award behind it held: whoever corrects one holds it too, before they put another one behind it."""
    completion = _completion(objective_id, member_id)
    if completion is not None and completion.award_id is not None:
        hold_award(completion.award_id)
        db.session.refresh(completion)
    return completion
