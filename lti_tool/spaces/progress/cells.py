"""One learner and their objectives, as staff see them, and what happened to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.spaces.evidence.reads import evidence_states
from lti_tool.spaces.model import Completion, Objective


@dataclass(frozen=True)
class Cell:
    """One learner and one objective. `state` is complete, waiting, returned, taken_back, or None while nothing has
    happened; `how` it became complete, or was taken back, is marked, evidence or badge.
    """

    handed_in: str | None
    objective: str
    title: str
    kind: str
    evidence: str
    points: int
    public_criteria: str
    private_criteria: str
    archived: bool
    completion: str | None
    how: str | None
    completed_at: datetime | None
    completed_by: str | None
    taken_back_at: datetime | None
    taken_back_by: str | None
    reason: str | None
    award: str | None
    award_revoked: bool

    @property
    def state(self) -> str | None:
        return self.completion if self.completion == "complete" else self.handed_in or self.completion

    @property
    def needs_a_word(self) -> bool:
        """Marking it complete is against what the objective asks for, and has to be said in so many words."""
        return self.evidence == "required"


@dataclass(frozen=True)
class Happening:
    """One line of a learner's history. `what` is joined, complete, taken_back or left."""

    at: datetime
    what: str
    title: str | None = None
    by: str | None = None
    reason: str | None = None


def cells_of(space_id: str, member_id: str) -> list[Cell]:
    """Every objective of the Space with its state for one member; of the archive those that the member completed."""
    shown = or_(Objective.archived_at.is_(None), Completion.state == "complete")
    query = _cells(space_id, member_id).where(shown).order_by(Objective.position, Objective.id)
    handed_in = evidence_states(space_id, [member_id])
    return [_cell(row, handed_in.get((member_id, row[0]))) for row in db.session.execute(query)]


def cell(space_id: str, member_id: str, objective_id: str) -> Cell:
    """One of them. Raises `Problem` not_found for an objective of another Space."""
    row = db.session.execute(_cells(space_id, member_id).where(Objective.id == objective_id)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return _cell(row, evidence_states(space_id, [member_id]).get((member_id, objective_id)))


def history(cells: Sequence[Cell], *, joined_at: datetime, left_at: datetime | None) -> list[Happening]:
    """What happened to one learner in this Space, the latest first."""
    happened = [Happening(joined_at, "joined")]
    happened += [
        Happening(one.completed_at, "complete", one.title, one.completed_by) for one in cells if one.completed_at
    ]
    happened += [
        Happening(one.taken_back_at, "taken_back", one.title, one.taken_back_by, one.reason)
        for one in cells
        if one.taken_back_at
    ]
    happened += [Happening(left_at, "left")] if left_at else []
    return sorted(happened, key=lambda one: one.at, reverse=True)


def _cell(row: Sequence[Any], handed_in: str | None) -> Cell:
    return Cell(handed_in, *row)


def _cells(space_id: str, member_id: str) -> Select[*tuple[Any, ...]]:
    marker, taker = aliased(Person), aliased(Person)
    return (
        select(
            Objective.id, Objective.title, Objective.kind, Objective.evidence, Objective.points,
            Objective.public_criteria, Objective.private_criteria, Objective.archived_at.is_not(None),
            Completion.state, Completion.how, Completion.completed_at, marker.name, Completion.taken_back_at,
            taker.name, Completion.reason, Completion.award_id, Award.revoked_at.is_not(None),
        )
        .outerjoin(Completion, (Completion.objective_id == Objective.id) & (Completion.member_id == member_id))
        .outerjoin(marker, marker.id == Completion.completed_by)
        .outerjoin(taker, taker.id == Completion.taken_back_by)
        .outerjoin(Award, Award.id == Completion.award_id)
        .where(Objective.space_id == space_id, Objective.deleted_at.is_(None))
    )  # fmt: skip
