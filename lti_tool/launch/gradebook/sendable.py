"""Which scores may leave the house now: those of learners whom the LMS knows, in courses that are on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, not_, or_, select

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.graded import is_graded
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.resting import MAY_BE_OF_SOME, is_awake
from lti_tool.launch.gradebook.rules import FARTHEST_AHEAD, Result, Shows, Standing, shows
from lti_tool.launch.model import CourseKey, Deployment, Identity, Registration


@dataclass(frozen=True)
class Sendable:
    """One score on its way. `is_repeat`: the LMS may have it already. `sent_part` and `tried_part` are what the LMS may
    show of ours.
    """

    id: str
    user: str
    standing: Standing
    is_repeat: bool
    sent_part: float | None = None
    tried_part: float | None = None

    def is_ours(self, result: Result) -> bool:
        """Has nobody else set the grade that the LMS shows?"""
        return any(shows(result.part, one) for one in (self.sent_part, self.tried_part, self.standing.part))


def sendable(column: str, limit: int, *, latest: datetime) -> list[Sendable]:
    """The scores of one column that may go now, those that were tried before last: one of them may be why it stuck.
    So these go in another order each time. None with a timestamp after `latest`.
    """
    query = (
        _waiting(
            Score.id, sub_of_person().label("user"), Score.given, Score.maximum, Score.moved_at, Score.began_at,
            Score.handed_in_at, Score.sent_part, Score.tried_part, LineItem.tag, LineItem.shows,
            _is_repeat().label("is_repeat"),
        )
        .where(LineItem.id == column, Score.moved_at <= latest)
        .order_by(_is_repeat(), case((_is_repeat(), func.random())), Score.moved_at, Score.id)
        .limit(limit)
    )  # fmt: skip
    return [
        Sendable(row.id, row.user, _standing(row), bool(row.is_repeat), row.sent_part, row.tried_part)
        for row in db.session.execute(query)
    ]


def next_due(column: str) -> datetime | None:
    """When the first score of the column may go that may not go yet."""
    due: datetime | None = db.session.scalar(_waiting(func.min(Score.moved_at)).where(LineItem.id == column))
    return due


def count_waiting(columns: Sequence[str]) -> int:
    return db.session.scalar(_waiting(func.count()).where(LineItem.id.in_(columns))) or 0


def courses_with_something_to_send() -> Sequence[str]:
    """Courses with waiting scores that may go, whether or not a job knows of them."""
    query = _waiting(CourseKey.id).where(is_awake(), Score.moved_at <= clock.now() + FARTHEST_AHEAD, _is_connected())
    return db.session.scalars(query.distinct()).all()


def oldest_on_its_way() -> datetime | None:
    """Since when a score has waited that goes as soon as its LMS answers. What was refused for good waits for somebody,
    and is told by its column.
    """
    goes = or_(LineItem.problem.is_(None), LineItem.troubled_since.is_not(None))
    oldest: datetime | None = db.session.scalar(_waiting(func.min(Score.moved_at)).where(goes, _is_connected()))
    return oldest


def columns_with_somebody_new() -> Sequence[str]:
    """Columns that rest, perhaps because of those alone who were tried, while somebody waits who was not."""
    query = _waiting(LineItem.id).where(
        LineItem.try_again_at > clock.now(), LineItem.url.is_not(None), LineItem.problem.in_(MAY_BE_OF_SOME),
        not_(_is_repeat()), Score.moved_at <= clock.now() + FARTHEST_AHEAD,
    )  # fmt: skip
    return db.session.scalars(query.distinct().order_by(LineItem.id)).all()


def _is_connected() -> ColumnElement[bool]:
    return and_(Registration.switched_off_at.is_(None), Deployment.status == "active")


def _waiting(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Waiting scores of active learners (never staff, never a test user) who have an identity at the platform."""
    ours = or_(CourseKey.space_id == LineItem.resource_id, LineItem.tag == COLUMN_TAG)
    known = exists().where(
        Identity.registration_id == Deployment.registration_id, Identity.person_id == Score.person_id
    )  # fmt: skip
    return (
        select(*columns)
        .select_from(Score)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, and_(CourseKey.id == LineItem.course_id, ours))
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Score.state == "waiting", LineItem.is_off.is_(False), is_graded(), known)
    )


def _standing(row: Any) -> Standing:
    counts_points = row.tag == COLUMN_TAG or row.shows == Shows.POINTS
    counted = {"counted": "points"} if counts_points else {}
    return Standing(
        row.given, row.maximum, row.moved_at, **counted, began_at=row.began_at, handed_in_at=row.handed_in_at
    )  # fmt: skip


def sub_of_person() -> Any:
    """Who the person is at the platform; of two accounts the newer one."""
    return (
        select(Identity.sub)
        .where(Identity.registration_id == Registration.id, Identity.person_id == Score.person_id)
        .order_by(Identity.id.desc())
        .limit(1)
        .correlate(Registration, Score)
        .scalar_subquery()
    )


def _is_repeat() -> Any:
    return func.coalesce(Score.tried_at == Score.moved_at, False)
