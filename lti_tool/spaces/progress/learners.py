"""Lists of learners by what they have done: filtered, searched, sorted and paged by keys, and counted at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.evidence.rules import FOR_STAFF
from lti_tool.spaces.groups.reads import is_in
from lti_tool.spaces.member_reads import IS_COUNTED, PAGE, LearnersPage, MemberLine, listed, matches
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.progress.stuck import judged_at, quiet_since
from lti_tool.spaces.progress.view import Place, View
from lti_tool.spaces.space import SpaceFacts

_VALUES = {"points": Member.points, "completed": Member.completed, "moved": Member.moved_at}
_MOST_FIRST = {"points", "completed"}
_FEW = 5


@dataclass(frozen=True)
class Listed:
    """The learners of a Space as a view shows them; `objective` is the one that `view.have` speaks of."""

    space: str
    view: View
    objectives: int
    now: datetime
    objective: str | None = None

    @property
    def value(self) -> Any:
        """The column that it is sorted by, in front of the name."""
        return _VALUES.get(self.view.sort)

    @property
    def most_first(self) -> bool:
        return self.view.sort in _MOST_FIRST


@dataclass(frozen=True)
class Glance:
    """How many learners are here, open places included, and where they stand. `others_moved_at`: when anybody moved."""

    learners: int
    not_started: int
    stuck: int
    waiting: int
    through: int
    others_moved_at: datetime | None


def learners_of(space: SpaceFacts, view: View, objectives: int, objective: str | None = None) -> Listed:
    now = judged_at(clock.now(), space.ended_on)
    return Listed(space.id, view, objectives, now, objective)


def learners_in(asked: Listed, place: Place, limit: int = PAGE) -> LearnersPage:
    """One page. Raises `Problem` not_found when `place` names nobody of this Space."""
    backwards, query = bool(place.before), listed(asked.space).where(*shown(asked))
    anchor = place_of(asked, place.before or place.after) if place.before or place.after else None
    if anchor is not None:
        query = query.where(beyond(asked, anchor, backwards=backwards))
    query = query.order_by(*order(asked, backwards=backwards)).limit(limit + 1)
    found = [MemberLine(*row) for row in db.session.execute(query)]
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    before_these, after_these = (more, True) if backwards else (anchor is not None, more)
    return LearnersPage(
        found, found[0].id if found and before_these else None, found[-1].id if found and after_these else None
    )


def stuck_first(space: SpaceFacts, objectives: int) -> Sequence[MemberLine]:
    """The first few who are stuck, for the overview: who has not moved for the longest time stands first."""
    return learners_in(learners_of(space, View(show="stuck", sort="moved"), objectives), Place(), _FEW).lines


def beside(asked: Listed, member_id: str) -> tuple[MemberLine | None, MemberLine | None]:
    """The learners before and after this one in the same order, be this one still in the list or not."""
    before = learners_in(asked, Place(before=member_id), 1).lines
    after = learners_in(asked, Place(after=member_id), 1).lines
    return (before[0] if before else None, after[0] if after else None)


def everybody_in(asked: Listed) -> list[str]:
    """The ids of all that it shows and who have not left: for them together something may be done."""
    query = select(Member.id).outerjoin(Person, Person.id == Member.person_id)
    query = query.where(Member.space_id == asked.space, IS_COUNTED, *shown(asked))
    return list(db.session.scalars(query.order_by(Member.id)))


def count_in(asked: Listed) -> int:
    """How many these are."""
    query = select(func.count()).select_from(Member).outerjoin(Person, Person.id == Member.person_id)
    query = query.where(Member.space_id == asked.space, IS_COUNTED, *shown(asked))
    return db.session.scalar(query) or 0


def glance(asked: Listed) -> Glance:
    """All figures in one walk along the members."""
    kinds = (_not_started(asked), _stuck(asked), _waits(asked), _through(asked))
    moved = func.max(case((Member.completed > 0, Member.moved_at)))
    sent = select(func.max(Submission.submitted_at)).where(Submission.space_id == asked.space).scalar_subquery()
    row = db.session.execute(
        select(func.count(), *(func.coalesce(func.sum(case((kind, 1), else_=0)), 0) for kind in kinds), moved, sent)
        .select_from(Member)
        .where(Member.space_id == asked.space, IS_COUNTED)
    ).one()
    learners, not_started, stuck, waiting, through = (int(number) for number in row[:5])
    moments = [at for at in row[5:] if at is not None]
    return Glance(learners, not_started, stuck, waiting, through, max(moments, default=None))


def is_listed(space_id: str) -> ColumnElement[bool]:
    return and_(Member.space_id == space_id, Member.role == "member", Member.status != "preview")


def shown(asked: Listed) -> list[ColumnElement[bool]]:
    """What keeps a learner in the list."""
    view, kept = asked.view, matches(asked.view.search)
    match view.show:
        case "not_started":
            kept += [IS_COUNTED, _not_started(asked)]
        case "stuck":
            kept += [IS_COUNTED, _stuck(asked)]
        case "waiting":
            kept += [IS_COUNTED, _waits(asked)]
        case "through":
            kept += [IS_COUNTED, _through(asked)]
    if view.group:
        kept.append(is_in(view.group))
    if view.have and asked.objective:
        kept.append(_has(asked, view.have, asked.objective))
    return kept


def order(asked: Listed, *, backwards: bool = False) -> list[Any]:
    """By the value, if there is one, then by name, and nobody ever in two places: the id comes last."""
    by_name: list[Any] = [Member.sort_name, Member.id]
    names = [column.desc() for column in by_name] if backwards else by_name
    if asked.value is None:
        return names
    return [asked.value.desc() if asked.most_first != backwards else asked.value, *names]


def beyond(asked: Listed, anchor: Sequence[Any], *, backwards: bool = False) -> ColumnElement[bool]:
    """Behind, or in front of, the place of somebody: their value, if there is one, name and id."""
    *value, name, member = anchor
    place, here = tuple_(Member.sort_name, Member.id), tuple_(name, member)
    by_name = place < here if backwards else place > here
    if asked.value is None:
        return by_name
    further = asked.value < value[0] if asked.most_first != backwards else asked.value > value[0]
    return or_(further, and_(asked.value == value[0], by_name))


def place_of(asked: Listed, member_id: str | None) -> Sequence[Any]:
    columns = [] if asked.value is None else [asked.value]
    here = select(*columns, Member.sort_name, Member.id).where(Member.id == member_id, Member.space_id == asked.space)
    row = db.session.execute(here).one_or_none()
    if row is None:
        raise Problem("not_found")
    return row


def _handed_in(asked: Listed, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Members with such an attempt: read once, for all of them."""
    return Member.id.in_(select(Submission.member_id).where(Submission.space_id == asked.space, *conditions))


def _not_started(asked: Listed) -> ColumnElement[bool]:
    return and_(Member.completed == 0, ~_handed_in(asked, Submission.state.in_(FOR_STAFF)))


def _through(asked: Listed) -> ColumnElement[bool]:
    return and_(Member.completed > 0, Member.completed >= asked.objectives)


def _waits(asked: Listed, objective_id: str | None = None) -> ColumnElement[bool]:
    """As the queue has it: for an objective that is offered and not complete."""
    done = select(Completion.id).where(
        Completion.objective_id == Submission.objective_id, Completion.member_id == Submission.member_id,
        Completion.state == "complete",
    )  # fmt: skip
    offered = select(Objective.id).where(Objective.space_id == asked.space, Objective.archived_at.is_(None))
    if objective_id is not None:
        offered = offered.where(Objective.id == objective_id)
    return _handed_in(asked, Submission.state == "waiting", Submission.objective_id.in_(offered), ~done.exists())


def _stuck(asked: Listed) -> ColumnElement[bool]:
    """The rule in `stuck`. Somebody who stands still is none of those who have moved."""
    since = quiet_since(asked.now)
    moved, sent = Member.__table__.alias("moved"), Submission.__table__.alias("sent")
    somebody_moved = select(moved.c.id).where(
        moved.c.space_id == asked.space, moved.c.role == "member", moved.c.status.in_(("active", "open")),
        moved.c.completed > 0, moved.c.moved_at >= since,
    )  # fmt: skip
    somebody_sent = select(sent.c.id).where(sent.c.space_id == asked.space, sent.c.submitted_at >= since)
    return and_(
        ~_not_started(asked), ~_through(asked), ~_waits(asked), Member.moved_at < since,
        ~_handed_in(asked, Submission.submitted_at >= since), or_(somebody_moved.exists(), somebody_sent.exists()),
    )  # fmt: skip


def _has(asked: Listed, have: str, objective_id: str) -> ColumnElement[bool]:
    if have == "waiting":
        return _waits(asked, objective_id)
    done = select(Completion.member_id).where(Completion.objective_id == objective_id, Completion.state == "complete")
    return Member.id.in_(done) if have == "complete" else Member.id.not_in(done)
