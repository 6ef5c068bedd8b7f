"""The queue of a Space: what waits, the oldest first. What is complete by other means, or in the archive, waits for
nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.groups.reads import is_in
from lti_tool.spaces.member_reads import IS_COUNTED, SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Completion, Member, Objective

PAGE = 25
NOT_HANDED_IN = 20
_PLACE = (Submission.submitted_at, Submission.id)


@dataclass(frozen=True)
class WaitingLine:
    """One item in the list. `by` reviews it now."""

    id: str
    member: str
    name: str | None
    email: str | None
    title: str
    submitted_at: datetime
    by: str | None
    by_name: str | None

    @property
    def shown(self) -> str:
        return self.name or self.email or _("Learner %(code)s", code=code_of(self.member))


@dataclass(frozen=True)
class Where:
    """Where an item stands: `place` of `all` that wait."""

    place: int
    all: int


@dataclass(frozen=True)
class Silent:
    """Somebody who has not handed in anything."""

    member: str
    name: str | None
    email: str | None

    @property
    def shown(self) -> str:
        return self.name or self.email or _("Learner %(code)s", code=code_of(self.member))


def waiting_count(space_id: str, objective_id: str | None = None, group: str | None = None) -> int:
    return db.session.scalar(_waiting(select(func.count()), space_id, objective_id, group)) or 0


def waiting_lines(space_id: str, objective_id: str | None, group: str | None = None) -> list[WaitingLine]:
    """The oldest of them."""
    claimer = aliased(Person)
    holds = and_(claimer.id == Submission.claimed_by, Submission.claimed_until > clock.now())
    query: Select[*tuple[Any, ...]] = (
        select(
            Submission.id, Member.id, SHOWN_NAME, SHOWN_EMAIL, Objective.title, Submission.submitted_at, claimer.id,
            claimer.name,
        )
        .join(Member, Member.id == Submission.member_id)
        .join(Objective, Objective.id == Submission.objective_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .outerjoin(claimer, holds)
    )  # fmt: skip
    query = _waiting(query, space_id, objective_id, group).order_by(*_PLACE).limit(PAGE)
    return [WaitingLine(*row) for row in db.session.execute(query)]


def where_it_stands(
    space_id: str, submission_id: str, objective_id: str | None, group: str | None = None
) -> Where | None:  # fmt: skip
    """None when it does not wait."""
    here = select(*_PLACE).where(Submission.id == submission_id, Submission.state == "waiting")
    place = db.session.execute(here).one_or_none()
    if place is None:
        return None
    up_to_it = func.sum(case((tuple_(*_PLACE) <= tuple_(place.submitted_at, place.id), 1), else_=0))
    before, every = db.session.execute(
        _waiting(select(func.coalesce(up_to_it, 0), func.count()), space_id, objective_id, group)
    ).one()
    return Where(int(before), int(every)) if before else None


def next_for(
    person: str, space_id: str, objective_id: str | None, *, group: str | None = None, beside: str | None = None,
    backwards: bool = False,
) -> Submission | None:  # fmt: skip
    """The nearest item behind the one `beside` (or before it) that nobody else reviews, from the other end when there
    is none; held until the end of the transaction. What somebody is taking this very moment is passed over. Raises
    `Problem` not_found for a `beside` of another Space.
    """
    place = _place_of(space_id, beside)
    if place is not None:
        beyond = tuple_(*_PLACE) < place if backwards else tuple_(*_PLACE) > place
        found = _first(person, space_id, (objective_id, group), beyond, backwards)
        if found is not None:
            return found
    return _first(person, space_id, (objective_id, group), Submission.id != (beside or ""), backwards)


def objectives_with_evidence(space_id: str) -> Sequence[tuple[str, str]]:
    """(id, title) in their order: what the queue can be filtered by."""
    query = select(Objective.id, Objective.title).where(Objective.space_id == space_id, Objective.evidence != "none")
    rows = db.session.execute(query.order_by(Objective.position, Objective.id))
    return [(identity, title) for identity, title in rows]


def not_handed_in(space_id: str, objective_id: str | None, group: str | None = None) -> list[Silent]:
    """Learners who are here (in this group) and have handed in nothing (for it): one more than are shown."""
    sent = select(Submission.id).where(
        Submission.member_id == Member.id, Submission.state.in_(("waiting", "returned", "accepted"))
    )
    query = (
        select(Member.id, SHOWN_NAME, SHOWN_EMAIL)
        .outerjoin(Person, Person.id == Member.person_id)
        .where(Member.space_id == space_id, IS_COUNTED)
        .order_by(Member.sort_name, Member.id)
        .limit(NOT_HANDED_IN + 1)
    )
    if group is not None:
        query = query.where(is_in(group))
    if objective_id is not None:
        sent = sent.where(Submission.objective_id == objective_id)
        done = _completed(Member.id, objective_id)
        query = query.where(~done.exists())
    return [Silent(*row) for row in db.session.execute(query.where(~sent.exists()))]


def _first(
    person: str, space_id: str, of: tuple[str | None, str | None], beyond: ColumnElement[bool], backwards: bool
) -> Submission | None:  # fmt: skip
    free = or_(
        Submission.claimed_by.is_(None), Submission.claimed_by == person, Submission.claimed_until <= clock.now()
    )
    order = [column.desc() for column in _PLACE] if backwards else _PLACE
    query = _waiting(select(Submission), space_id, *of).where(free, beyond).order_by(*order).limit(1)
    held = query.with_for_update(skip_locked=True, of=Submission).execution_options(populate_existing=True)
    found: Submission | None = db.session.scalar(held)
    return found


def _place_of(space_id: str, submission_id: str | None) -> Any:
    if submission_id is None:
        return None
    row = db.session.execute(
        select(*_PLACE).where(Submission.id == submission_id, Submission.space_id == space_id)
    ).one_or_none()
    if row is None:
        raise Problem("not_found")
    return tuple_(row.submitted_at, row.id) if row.submitted_at else None


def _waiting(
    query: Select[*tuple[Any, ...]], space_id: str, objective_id: str | None, group: str | None = None
) -> Select[*tuple[Any, ...]]:  # fmt: skip
    done = _completed(Submission.member_id, Submission.objective_id)
    offered = select(Objective.id).where(Objective.space_id == space_id, Objective.archived_at.is_(None))
    query = query.where(
        Submission.space_id == space_id, Submission.state == "waiting", ~done.exists(),
        Submission.objective_id.in_(offered),
    )  # fmt: skip
    if group is not None:
        query = query.where(Submission.member_id.in_(select(Member.id).where(is_in(group))))
    return query if objective_id is None else query.where(Submission.objective_id == objective_id)


def _completed(member_id: Any, objective_id: Any) -> Select[*tuple[Any, ...]]:
    return select(Completion.id).where(
        Completion.objective_id == objective_id, Completion.member_id == member_id, Completion.state == "complete"
    )
