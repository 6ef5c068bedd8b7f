"""What the gradebook page lists, grade by grade: what is held, refused, shown otherwise, or left to the LMS; and what a
learner reads of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.asking import figure_seen
from lti_tool.launch.gradebook.graded import IS_LEARNER
from lti_tool.launch.gradebook.losing import GONE
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.model import CourseKey, Identity
from lti_tool.people.model import Person
from lti_tool.people.names import code_of
from lti_tool.spaces.model import Member

SHOWN = 50
_KINDS = {
    "held": Score.state == "held",
    "refused": Score.state == "refused",
    "drifted": and_(Score.state == "sent", Score.drift.is_not(None)),
    "kept": Score.state == "kept",
}


@dataclass(frozen=True)
class Line:
    """One grade: ours is `given` of `maximum`, the LMS's was `found_score` of `found_maximum` when it was looked at.

    `column` is that of one objective.
    """

    score: str
    member: str
    name: str | None
    column: str | None
    given: int
    maximum: int
    found_score: float | None
    found_maximum: float | None
    found_at: datetime | None
    drift: str | None
    refusal: Entry | None
    said: str | None

    @property
    def code(self) -> str:
        """What tells people without a name apart."""
        return code_of(self.member)

    @property
    def seen(self) -> str:
        """What whoever answers has read that the LMS shows."""
        return figure_seen(self.found_score, self.found_maximum)


@dataclass(frozen=True)
class OwnGrade:
    """A learner's own: `since` when the LMS shows what is completed now; None while it is on its way or not there.

    `is_on_its_way`: it goes by itself.
    """

    since: datetime | None
    is_on_its_way: bool


def lines(course: str, space: str, kind: str) -> Sequence[Line]:
    """The first of one kind (`held`, `refused`, `drifted`, `kept`), in the order of the members' list. Nobody who has
    left.
    """
    query = (
        select(
            Score.id, Member.id, Person.name, LineItem.tag, func.coalesce(LineItem.label_there, LineItem.label),
            Score.given, Score.maximum, Score.found_score, Score.found_maximum, Score.found_at, Score.drift,
            Score.problem, Score.problem_said,
        )
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(Person, Person.id == Score.person_id)
        .join(Member, and_(Member.person_id == Score.person_id, Member.space_id == space))
        .where(LineItem.course_id == course, LineItem.is_off.is_(False), IS_LEARNER, _KINDS[kind])
        .order_by(Member.sort_name, Member.id, LineItem.created_at)
        .limit(SHOWN)
    )  # fmt: skip
    return [_line(row) for row in db.session.execute(query)]


def _line(row: Any) -> Line:
    score, member, name, tag, label, given, maximum, found_score, found_maximum, found_at, drift, problem, said = row
    return Line(
        score, member, name, label if tag == COLUMN_TAG else None, given, maximum, found_score, found_maximum, found_at,
        drift, CATALOGUE.get(problem or ""), said,
    )  # fmt: skip


def own_grade(course: str, space: str, person: str) -> OwnGrade | None:
    """None where there is nothing to tell: nothing was completed, nothing is written into this gradebook, or staff
    leave the grade to the LMS.
    """
    query = (
        select(Score.state, Score.sent_at, LineItem.problem, LineItem.troubled_since)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .where(
            LineItem.course_id == course, LineItem.is_off.is_(False), Score.person_id == person, Score.state != "kept",
            or_(LineItem.resource_id == space, LineItem.url.is_not(None)),
        )
    )  # fmt: skip
    rows = db.session.execute(query).all()
    if not rows or not _is_known(course, person):
        return None
    if any(row.problem == GONE for row in rows):
        return OwnGrade(None, is_on_its_way=False)
    if all(row.state == "sent" for row in rows):
        return OwnGrade(max(row.sent_at for row in rows if row.sent_at), is_on_its_way=False)
    return OwnGrade(None, is_on_its_way=any(row.state == "waiting" and not _is_stopped(row) for row in rows))


def _is_stopped(column: Any) -> bool:
    """Must somebody mend something first? A platform that is away passes by itself."""
    return column.problem is not None and column.troubled_since is None


def _is_known(course: str, person: str) -> bool:
    """Does the LMS of this course know the person? Otherwise nothing goes there."""
    from_there = select(Identity.id).join(CourseKey, CourseKey.id == course).where(Identity.person_id == person)
    return db.session.scalar(from_there.limit(1)) is not None
