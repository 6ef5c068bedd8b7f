"""One objective for many learners at once, and all of it undone: set by set, in one transaction (decision 11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import Table, and_, bindparam, delete, func, insert, select, update

from lti_tool import clock
from lti_tool.badges.awardable import target_of
from lti_tool.badges.model import Award
from lti_tool.db import db, new_id
from lti_tool.digests import digest
from lti_tool.errors import Problem
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Person
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.moving_many import Moved, move_many
from lti_tool.spaces.progress.awarding_many import Earner, award_many, many, revoke_many
from lti_tool.spaces.progress.learners import is_listed
from lti_tool.spaces.snapshot import chunks
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space
from lti_tool.words import to_say

_COMPLETION = cast(Table, Completion.__table__)
_SENT_AGAIN_WITHIN = timedelta(minutes=10)

name_deeds(
    {
        "objective.completed_for_many": to_say("An objective was marked complete for many at once"),
        "objective.many_undone": to_say("Marking an objective complete for many was undone"),
    }
)


@dataclass(frozen=True)
class ManyDone:
    """How many have completed it now, how many had before, and who was left out because nobody has accepted evidence
    of theirs. `at` is the moment that tells these completions from all others.
    """

    at: datetime
    done: int = 0
    had: int = 0
    without_evidence: int = 0


class _Before(NamedTuple):
    at: datetime
    done: int


def complete_many(
    space_id: str, objective_id: str, members: Sequence[str], *, by: str | None, confirmed: bool = False, form: str = ""
) -> ManyDone:
    """Mark one objective complete for all of `members`. Whoever has it already is left out, and unless it is
    `confirmed` so is whoever lacks the evidence that it requires. A `form` that was sent twice, as its random id says,
    is answered as the first time, so that it can still be undone.

    Raises `Problem` not_found where one of them, or the objective, is not of this Space, and objective_archived.
    """
    hold_space(space_id)
    objective = _objective(space_id, objective_id)
    found = _found(objective, members)
    rows = [row for row, state in found if state != "complete"]
    had = len(found) - len(rows)
    if objective.evidence == "required" and not confirmed:
        accepted = _with_accepted(objective.id)
        rows = [row for row in rows if row.member in accepted]
    if not rows and form and (first := _sent_before(objective.id, by, form)):
        had = max(0, had - first.done)
        return ManyDone(first.at, first.done, had, max(0, len(found) - had - first.done))
    at = _moment_of(form, clock.now())
    if rows:
        if objective.badge_id is not None:
            award_many(objective.badge_id, rows, gives=objective.kind == "manual", by=by)
        _write(objective, rows, by, at)
        moved = [Moved(row.member, objective.id, objective.points, is_complete=True) for row in rows]
        move_many(space_id, moved, at=at)
        _note("objective.completed_for_many", objective, len(rows))
    return ManyDone(at, len(rows), had, len(found) - had - len(rows))


def undo_many(space_id: str, objective_id: str, at: datetime) -> int:
    """As if it had not happened: exactly what was marked complete at that moment, and the awards that this gave. What
    has changed since then stays. Answers how many it was undone for.
    """
    hold_space(space_id)
    objective = _objective(space_id, objective_id)
    these = _marked_at(objective_id, at)
    rows = db.session.execute(
        select(Completion.id, Completion.member_id, Completion.points, Completion.award_id, Completion.gave_award)
        .where(these)
        .order_by(Completion.member_id)
    ).all()
    if not rows:
        return 0
    if objective.badge_id is not None:
        revoke_many(objective.badge_id, [row.award_id for row in rows if row.gave_award and row.award_id])
    db.session.execute(delete(Completion).where(these).execution_options(synchronize_session=False))
    moved = [Moved(row.member_id, objective_id, -row.points, is_complete=False) for row in rows]
    move_many(space_id, moved, at=clock.now())
    _note("objective.many_undone", objective, len(rows))
    return len(rows)


def count_done_at(objective_id: str, at: datetime) -> int:
    """How many of those who were marked complete at that moment still are."""
    counted = select(func.count()).select_from(Completion).where(_marked_at(objective_id, at))
    return db.session.scalar(counted) or 0


def _moment_of(form: str, now: datetime) -> datetime:
    """Now, and never later, with the microseconds of this form: by them it is found if it is sent again."""
    if not form:
        return now
    at = now.replace(microsecond=_microseconds(form))
    return at if at <= now else at - timedelta(seconds=1)


def _microseconds(form: str) -> int:
    return int(digest(form)[:15], 16) % 1_000_000


def _sent_before(objective_id: str, by: str | None, form: str) -> _Before | None:
    """What `by` marked last with this form, all at one moment, where that was lately."""
    counted = select(Completion.completed_at, func.count()).where(
        Completion.objective_id == objective_id, Completion.state == "complete", Completion.how == "marked",
        Completion.completed_by == by, Completion.completed_at > clock.now() - _SENT_AGAIN_WITHIN,
    )  # fmt: skip
    lately = counted.group_by(Completion.completed_at).order_by(Completion.completed_at.desc())
    acts = (_Before(at, done) for at, done in db.session.execute(lately) if at is not None)
    return next((one for one in acts if one.at.microsecond == _microseconds(form)), None)


def _marked_at(objective_id: str, at: datetime) -> Any:
    return and_(
        Completion.objective_id == objective_id, Completion.completed_at == at, Completion.state == "complete",
        Completion.how == "marked",
    )  # fmt: skip


def _objective(space_id: str, objective_id: str) -> Objective:
    """In a Space that this transaction holds. Raises `Problem` space_archived as well."""
    query = select(Objective).where(Objective.id == objective_id).execution_options(populate_existing=True)
    objective = db.session.scalar(query)
    if objective is None or objective.space_id != space_id or objective.deleted_at is not None:
        raise Problem("not_found")
    open_space(space_id)
    if objective.archived_at is not None:
        raise Problem("objective_archived")
    return objective


def _found(objective: Objective, members: Sequence[str]) -> list[tuple[Earner, str | None]]:
    """The members with what they have of the objective by now."""
    wanted, found = sorted(set(members)), list[tuple[Earner, str | None]]()
    query = (
        select(
            Member.id, Member.person_id, Person.email, Member.email, Completion.id, Completion.state,
            Completion.award_id, Completion.gave_award, Award.revoked_at,
        )
        .outerjoin(Person, Person.id == Member.person_id)
        .outerjoin(Completion, and_(Completion.member_id == Member.id, Completion.objective_id == objective.id))
        .outerjoin(Award, Award.id == Completion.award_id)
        .where(is_listed(objective.space_id))
        .order_by(Member.id)
    )  # fmt: skip
    for some in chunks(wanted):
        for member, person, known, given, completion, state, award, gave, revoked in db.session.execute(
            query.where(Member.id.in_(some))
        ):
            email = known if person else given
            kept = award if award and revoked is None else None
            row = Earner(member, person, email.lower() if email else None, completion, kept, bool(gave and kept))
            found.append((row, state))
    if len(found) != len(wanted):
        raise Problem("not_found")
    return found


def _with_accepted(objective_id: str) -> set[str]:
    accepted = select(Submission.member_id).where(
        Submission.objective_id == objective_id, Submission.state == "accepted"
    )
    return set(db.session.scalars(accepted))


def _write(objective: Objective, rows: Sequence[Earner], by: str | None, at: datetime) -> None:
    said = {"points": objective.points, "completed_at": at, "completed_by": by, "how": "marked", "state": "complete",
            "taken_back_at": None, "taken_back_by": None, "reason": None}  # fmt: skip
    fresh = [
        {
            "id": new_id(), "space_id": objective.space_id, "objective_id": objective.id, "member_id": row.member,
            "award_id": row.award, "gave_award": row.gave, **said,
        }
        for row in rows
        if row.completion is None
    ]  # fmt: skip
    again = [{"of": row.completion, "award": row.award, "gave": row.gave} for row in rows if row.completion]
    once_more = update(_COMPLETION).where(_COMPLETION.c.id == bindparam("of")).values(
        award_id=bindparam("award"), gave_award=bindparam("gave"), **said
    )  # fmt: skip
    many(insert(_COMPLETION), fresh)
    many(once_more, again)


def _note(deed: str, objective: Objective, count: int) -> None:
    target = target_of(objective.badge_id) if objective.badge_id else None
    note_deed(
        deed, subject=objective.id, organization=target.organization if target else None,
        scope=target.issuer if target else None, facts={"count": count},
    )  # fmt: skip
