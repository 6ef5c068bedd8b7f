"""What the reviewer's pages show: one item with its criteria, and what was decided lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.member_reads import SHOWN_EMAIL, SHOWN_NAME
from lti_tool.spaces.model import Member, Objective

RECENT = 10
UNDO_BAR_SECONDS = 10
_BAR_SHOWN = 60  # a slow page, or one without scripts, shows it a little longer


@dataclass(frozen=True)
class Item:
    """One submission before a reviewer."""

    id: str
    state: str
    attempt: int
    submitted_at: datetime
    opened_at: datetime | None
    decided_at: datetime | None
    reason: str | None
    decider: str | None
    decider_name: str | None
    claimed_by: str | None
    claimed_until: datetime | None
    claimer_name: str | None
    objective: str
    title: str
    public_criteria: str
    private_criteria: str
    member: str
    name: str | None
    email: str | None
    status: str

    @property
    def shown(self) -> str:
        return self.name or self.email or _("Learner %(code)s", code=code_of(self.member))

    def is_claimed(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > clock.now()

    def is_mine(self, person: str) -> bool:
        """Do I review it now?"""
        return self.state == "waiting" and self.is_claimed() and self.claimed_by == person

    @property
    def is_fresh(self) -> bool:
        """Was it decided a moment ago?"""
        return self.decided_at is not None and (clock.now() - self.decided_at).total_seconds() < _BAR_SHOWN


def item(space_id: str, submission_id: str) -> Item:
    """Raises `Problem` not_found for a draft, and for what is not of this Space."""
    row = db.session.execute(_items(space_id).where(Submission.id == submission_id)).one_or_none()
    if row is None:
        raise Problem("not_found")
    return Item(*row)


def just_decided(space_id: str, submission_id: str | None, by: str) -> Item | None:
    """For the bar that offers to undo it; None when there is nothing of theirs to undo, or not any more."""
    if not submission_id:
        return None
    row = db.session.execute(_items(space_id).where(Submission.id == submission_id)).one_or_none()
    found = Item(*row) if row else None
    is_theirs = found is not None and found.state in ("accepted", "returned") and found.decider == by
    return found if found and is_theirs and found.is_fresh else None


def recent_decisions(space_id: str) -> Sequence[Item]:
    """The latest first, whoever decided them."""
    query = _items(space_id).where(Submission.state.in_(("accepted", "returned")))
    query = query.order_by(Submission.decided_at.desc(), Submission.id.desc()).limit(RECENT)
    return [Item(*row) for row in db.session.execute(query)]


def _items(space_id: str) -> Select[*tuple[Any, ...]]:
    decider, claimer = aliased(Person), aliased(Person)
    return (
        select(
            Submission.id, Submission.state, Submission.attempt, Submission.submitted_at, Submission.opened_at,
            Submission.decided_at, Submission.reason, Submission.decided_by, decider.name, Submission.claimed_by,
            Submission.claimed_until, claimer.name, Objective.id, Objective.title, Objective.public_criteria,
            Objective.private_criteria, Member.id, SHOWN_NAME, SHOWN_EMAIL, Member.status,
        )
        .join(Objective, Objective.id == Submission.objective_id)
        .join(Member, Member.id == Submission.member_id)
        .outerjoin(Person, Person.id == Member.person_id)
        .outerjoin(decider, decider.id == Submission.decided_by)
        .outerjoin(claimer, claimer.id == Submission.claimed_by)
        .where(Submission.space_id == space_id, Submission.state != "draft")
    )  # fmt: skip
