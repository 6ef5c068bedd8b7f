"""What staff read first: how many are here, how many have not started, and what was completed lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.member_reads import IS_COUNTED, SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Completion, Member, Objective

RECENT = 5
_MOVED_LAST = 4 * RECENT


@dataclass(frozen=True)
class Figures:
    """Learners who are here, open places included; `waiting` have completed nothing yet, `through` everything."""

    learners: int
    waiting: int
    through: int
    completions: int


@dataclass(frozen=True)
class Lately:
    """One completion, for the list of the latest."""

    member: str
    name: str | None
    email: str | None
    objective: str
    title: str
    at: datetime

    @property
    def code(self) -> str:
        """What tells people without name and address apart."""
        return code_of(self.member)


def figures(space_id: str, objectives: int) -> Figures:
    """All of them in one walk along the members."""
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((Member.completed == 0, 1), else_=0)), 0),
            func.coalesce(func.sum(case((Member.completed >= objectives, 1), else_=0)), 0),
            func.coalesce(func.sum(Member.completed), 0),
        ).where(Member.space_id == space_id, IS_COUNTED)
    ).one()
    learners, waiting, through, completions = (int(number) for number in row)
    return Figures(learners, waiting, through if objectives else 0, completions)


def completed_lately(space_id: str) -> Sequence[Lately]:
    """The latest completions, newest first.

    They belong to members whose standing moved last: so a few members are looked through, not every completion.
    """
    moved = (
        select(Member.id)
        .where(Member.space_id == space_id, Member.role == "member", Member.status != "preview", Member.completed > 0)
        .order_by(Member.moved_at.desc())
        .limit(_MOVED_LAST)
        .subquery()
    )
    query = (
        select(Member.id, SHOWN_NAME, SHOWN_EMAIL, Objective.id, Objective.title, Completion.completed_at)
        .join(moved, moved.c.id == Member.id)
        .join(Completion, Completion.member_id == Member.id)
        .join(Objective, Objective.id == Completion.objective_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Completion.space_id == space_id, Completion.state == "complete")
        .order_by(Completion.completed_at.desc(), Completion.id)
        .limit(RECENT)
    )
    return [Lately(*row) for row in db.session.execute(query)]
