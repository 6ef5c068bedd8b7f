"""What the pages of progress show: the grid, one objective with everybody, one learner, one cell, the chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.evidence.reads import evidence_states
from lti_tool.spaces.member_reads import IS_COUNTED, LearnersPage
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.progress.learners import Glance, Listed, glance, learners_in
from lti_tool.spaces.progress.stuck import is_stuck
from lti_tool.spaces.progress.view import Place

States = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class ObjectiveHead:
    """One column of the grid."""

    id: str
    title: str
    points: int
    kind: str = "manual"
    evidence: str = "none"

    @property
    def is_quick(self) -> bool:
        """Can it be marked with one click? Otherwise there is something to read or to say first."""
        return self.kind == "manual" and self.evidence != "required"


@dataclass(frozen=True)
class Grid:
    """One page of learners with the state of every objective: complete, waiting, returned or taken_back; what is
    missing was not started. `moved_at` says when each of them moved last, `stuck` who does not.
    """

    objectives: Sequence[ObjectiveHead]
    learners: LearnersPage
    states: States
    moved_at: Mapping[str, datetime]
    stuck: frozenset[str]
    glance: Glance

    def state(self, member: str, objective: str) -> str | None:
        return self.states.get((member, objective))


@dataclass(frozen=True)
class Bar:
    """One objective in the chart: how many of the learners have completed it."""

    objective: ObjectiveHead
    done: int


def objective_heads(space_id: str) -> list[ObjectiveHead]:
    """The objectives of a Space in their order, without its archive."""
    query = select(Objective.id, Objective.title, Objective.points, Objective.kind, Objective.evidence)
    query = query.where(Objective.space_id == space_id, Objective.archived_at.is_(None))
    return [ObjectiveHead(*row) for row in db.session.execute(query.order_by(Objective.position, Objective.id))]


def grid(asked: Listed, heads: Sequence[ObjectiveHead], place: Place) -> Grid:
    """One page of the grid: the learners, then what exactly these have done."""
    page, figures = learners_in(asked, place), glance(asked)
    ids = [line.id for line in page.lines]
    states, moved = states_of(asked.space, ids), _moved_at(asked.space, ids)
    waiting = {member for (member, _), state in states.items() if state == "waiting"}
    begun = {member for (member, _), state in states.items() if state}
    stuck = frozenset(
        line.id
        for line in page.lines
        if line.status in ("active", "open")
        and is_stuck(
            has_begun=line.completed > 0 or line.id in begun,
            is_through=0 < line.completed >= asked.objectives, waits=line.id in waiting, moved_at=moved[line.id],
            others_moved_at=figures.others_moved_at, now=asked.now,
        )
    )  # fmt: skip
    return Grid(heads, page, states, moved, stuck, figures)


def states_of(space_id: str, member_ids: Sequence[str]) -> States:
    """Where these members stand, in two queries. Complete counts before anything else; what was handed in since counts
    before what was taken back.
    """
    done = select(Completion.member_id, Completion.objective_id, Completion.state)
    done = done.where(Completion.space_id == space_id, Completion.member_id.in_(member_ids))
    kept = {(member, objective): state for member, objective, state in db.session.execute(done)}
    handed_in = evidence_states(space_id, member_ids)
    return {**kept, **{cell: state for cell, state in handed_in.items() if kept.get(cell) != "complete"}}


def chart(space_id: str) -> list[Bar]:
    """How many of the learners who are here, or awaited, have completed each objective."""
    query = (
        select(Completion.objective_id, func.count())
        .join(Member, Member.id == Completion.member_id)
        .where(Completion.space_id == space_id, Completion.state == "complete", IS_COUNTED)
        .group_by(Completion.objective_id)
    )
    done = {row[0]: row[1] for row in db.session.execute(query)}
    return [Bar(head, done.get(head.id, 0)) for head in objective_heads(space_id)]


def heads_beside(
    heads: Sequence[ObjectiveHead], objective_id: str
) -> tuple[ObjectiveHead | None, ObjectiveHead | None]:  # fmt: skip
    """The objectives before and after this one; None at either end, and for one of the archive."""
    ids = [one.id for one in heads]
    if objective_id not in ids:
        return None, None
    here = ids.index(objective_id)
    return heads[here - 1] if here else None, heads[here + 1] if here + 1 < len(heads) else None


def _moved_at(space_id: str, member_ids: Sequence[str]) -> dict[str, datetime]:
    """When each of them moved last: something was completed or taken back, or they handed something in."""
    sent = (
        select(Submission.member_id, func.max(Submission.submitted_at).label("at"))
        .where(Submission.space_id == space_id, Submission.member_id.in_(member_ids))
        .group_by(Submission.member_id)
        .subquery()
    )
    query = select(Member.id, Member.moved_at, sent.c.at).outerjoin(sent, sent.c.member_id == Member.id)
    rows = db.session.execute(query.where(Member.id.in_(member_ids)))
    return {member: max(moved, at) if at else moved for member, moved, at in rows}


