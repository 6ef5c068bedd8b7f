"""Who has done what: the grid of learners × objectives, one learner's page, and one cell of the grid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.spaces.member_reads import LearnersPage, Turn, learners_page
from lti_tool.spaces.model import Completion, Objective


@dataclass(frozen=True)
class ObjectiveHead:
    """One column of the grid."""

    id: str
    title: str
    points: int


@dataclass(frozen=True)
class Grid:
    """One page of learners with the state of every objective.

    `states` maps (member, objective) to "complete" or "taken_back"; what is missing was not started.
    """

    objectives: Sequence[ObjectiveHead]
    learners: LearnersPage
    states: Mapping[tuple[str, str], str]

    def state(self, member: str, objective: str) -> str | None:
        return self.states.get((member, objective))


@dataclass(frozen=True)
class Cell:
    """One learner and one objective, as staff see it. `state` is None while nothing has happened."""

    objective: str
    title: str
    points: int
    public_criteria: str
    private_criteria: str
    state: str | None
    completed_at: datetime | None
    completed_by: str | None
    taken_back_at: datetime | None
    taken_back_by: str | None
    reason: str | None
    award: str | None
    award_revoked: bool


@dataclass(frozen=True)
class Happening:
    """One line of a learner's history. `what` is joined, complete, taken_back or left."""

    at: datetime
    what: str
    title: str | None = None
    by: str | None = None
    reason: str | None = None


def objective_heads(space_id: str) -> list[ObjectiveHead]:
    """The objectives of a Space in their order."""
    query = select(Objective.id, Objective.title, Objective.points).where(Objective.space_id == space_id)
    return [ObjectiveHead(*row) for row in db.session.execute(query.order_by(Objective.position, Objective.id))]


def grid(space_id: str, turn: Turn) -> Grid:
    """One page of the grid: the learners, then what exactly these have done."""
    learners = learners_page(space_id, turn)
    done = db.session.execute(
        select(Completion.member_id, Completion.objective_id, Completion.state).where(
            Completion.space_id == space_id, Completion.member_id.in_([line.id for line in learners.lines])
        )
    )
    return Grid(objective_heads(space_id), learners, {(member, objective): state for member, objective, state in done})


def cells_of(space_id: str, member_id: str) -> list[Cell]:
    """Every objective of the Space with its state for one member."""
    query = _cells(space_id, member_id).order_by(Objective.position, Objective.id)
    return [Cell(*row) for row in db.session.execute(query)]


def cell(space_id: str, member_id: str, objective_id: str) -> Cell:
    """One of them. Raises `Problem` not_found for an objective of another Space."""
    row = db.session.execute(_cells(space_id, member_id).where(Objective.id == objective_id)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return Cell(*row)


def objectives_beside(
    objectives: Sequence[ObjectiveHead], objective_id: str
) -> tuple[ObjectiveHead | None, ObjectiveHead | None]:  # fmt: skip
    """The objectives before and after this one; None at either end."""
    here = [one.id for one in objectives].index(objective_id)
    before = objectives[here - 1] if here else None
    return before, (objectives[here + 1] if here + 1 < len(objectives) else None)


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


def _cells(space_id: str, member_id: str) -> Select[*tuple[Any, ...]]:
    marker, taker = aliased(Person), aliased(Person)
    return (
        select(
            Objective.id, Objective.title, Objective.points, Objective.public_criteria, Objective.private_criteria,
            Completion.state, Completion.completed_at, marker.name, Completion.taken_back_at, taker.name,
            Completion.reason, Completion.award_id, Award.revoked_at.is_not(None),
        )
        .outerjoin(Completion, (Completion.objective_id == Objective.id) & (Completion.member_id == member_id))
        .outerjoin(marker, marker.id == Completion.completed_by)
        .outerjoin(taker, taker.id == Completion.taken_back_by)
        .outerjoin(Award, Award.id == Completion.award_id)
        .where(Objective.space_id == space_id)
    )  # fmt: skip
