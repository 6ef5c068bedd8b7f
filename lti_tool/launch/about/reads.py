"""What is read for these pages: the launch of a visit as it was kept, and the connection around it, without people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry, Problem
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.resting import next_try
from lti_tool.launch.model import CourseKey, Deployment, Registration, VisitRow
from lti_tool.launch.profiles import is_described, profile_named
from lti_tool.launch.roles import Meaning, meaning_of

_NAMES = {"name", "given_name", "family_name"}


@dataclass(frozen=True)
class WhatCame:
    """One launch, as `launch/trace.py` keeps it. `privacy` is all, name, email or none."""

    at: datetime
    message: str
    proof: str
    locale: str
    roles: Sequence[tuple[str, Meaning]]
    names: Sequence[str]
    privacy: str
    course: str | None
    roster: bool
    grade_scopes: Sequence[str]
    custom: Sequence[str]


@dataclass(frozen=True)
class Column:
    """One column in the LMS's gradebook; `problem` is the code of what was refused, `again_at` the next try."""

    label: str
    is_made: bool
    problem: str | None
    again_at: datetime | None

    @property
    def refusal(self) -> Entry | None:
        return CATALOGUE.get(self.problem or "")


@dataclass(frozen=True)
class Connection:
    """The registration and deployment of a visit, and what is known of the gradebook."""

    platform: str
    issuer: str
    client_id: str
    kind: str | None
    deployment: str
    status: str
    launched_at: datetime
    clock_skew: int | None
    context: str | None
    columns: Sequence[Column]
    scores: Mapping[str, int]


def what_came(visit_id: str) -> WhatCame:
    """Raises `Problem` not_found."""
    found = db.session.execute(
        select(VisitRow, CourseKey.title)
        .outerjoin(CourseKey, CourseKey.id == VisitRow.course_id)
        .where(VisitRow.id == visit_id)
    ).one_or_none()
    if found is None:
        raise Problem("not_found")
    row, title = found
    sent: dict[str, Any] = row.sent
    names = sent.get("names", [])
    return WhatCame(
        row.created_at, row.message, row.proof, row.locale,
        [(uri, meaning_of(uri)) for uri in sent.get("roles", [])], names, privacy_of(names), title,
        bool(sent.get("roster")), [scope.rpartition("/")[2] for scope in sent.get("grade_scopes", [])],
        sent.get("custom", []),
    )  # fmt: skip


def privacy_of(names: Sequence[str]) -> str:
    """Which of the four levels a launch shows: what came is all that this tool can know."""
    has_name, has_email = bool(_NAMES & set(names)), "email" in names
    if has_name and has_email:
        return "all"
    if has_name:
        return "name"
    return "email" if has_email else "none"


def connection_of(visit_id: str) -> Connection:
    """Raises `Problem` not_found."""
    found = db.session.execute(
        select(Registration, Deployment, CourseKey)
        .select_from(VisitRow)
        .join(Registration, Registration.id == VisitRow.registration_id)
        .join(Deployment, Deployment.id == VisitRow.deployment_id)
        .outerjoin(CourseKey, CourseKey.id == VisitRow.course_id)
        .where(VisitRow.id == visit_id)
    ).one_or_none()
    if found is None:
        raise Problem("not_found")
    registration, deployment, course = found
    return Connection(
        registration.name, registration.issuer, registration.client_id, _kind(registration),
        deployment.deployment_id, deployment.status, _newest_launch(registration), registration.clock_skew,
        course.context_id if course else None, _columns(course), _scores(course),
    )  # fmt: skip


def _kind(registration: Registration) -> str | None:
    """What people call this family of LMSs; nothing where it was not recognised."""
    return profile_named(registration.profile).name if is_described(registration.profile) else None


def _newest_launch(registration: Registration) -> datetime:
    """Of the visits, the one that reads this among them: what the registration remembers may be an hour old."""
    mine = select(VisitRow.created_at).where(VisitRow.registration_id == registration.id)
    return db.session.scalars(mine.order_by(VisitRow.created_at.desc()).limit(1)).one()


def _columns(course: CourseKey | None) -> list[Column]:
    if course is None:
        return []
    query = select(LineItem).where(LineItem.course_id == course.id).order_by(LineItem.created_at, LineItem.id)
    return [Column(one.label, one.url is not None, one.problem, next_try(one)) for one in db.session.scalars(query)]


def _scores(course: CourseKey | None) -> dict[str, int]:
    """How many scores wait, were sent, were refused: numbers, and nobody's."""
    if course is None:
        return {}
    query = (
        select(Score.state, func.count())
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(LineItem.course_id == course.id)
        .group_by(Score.state)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(query)}
