"""What staff see of the gradebook: whether the LMS takes scores, how the columns stand, and what it refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from lti_tool.db import db
from lti_tool.errors import CATALOGUE, Entry
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.asking import DIFFERS
from lti_tool.launch.gradebook.graded import IS_LEARNER, is_graded
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import takes_scores
from lti_tool.launch.gradebook.resting import next_try
from lti_tool.launch.gradebook.rules import Shows, label_of
from lti_tool.launch.gradebook.sendable import count_waiting
from lti_tool.launch.model import CourseKey
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member, Objective

SHOWN = 10


@dataclass(frozen=True)
class Refused:
    """One person whose score the LMS did not take, with its own words. `column` is that of a picked objective."""

    member: str
    name: str | None
    code: str
    refusal: Entry | None
    said: str | None
    column: str | None = None


@dataclass(frozen=True)
class GradebookState:
    """`offered`: the LMS takes scores in this course. `troubled`: it is away or busy, and is tried again by itself.

    `again_at`: it refuses for good, and is not asked before then by itself.

    `away` are scores of people whom the LMS does not know, or who have left: they stay here. `picked` are the columns
    of single objectives that the LMS has; what is counted counts in all columns.
    """

    offered: bool
    label: str
    made: bool = False
    off: bool = False
    sent: int = 0
    waiting: int = 0
    refused: int = 0
    away: int = 0
    last_sent_at: datetime | None = None
    code: str | None = None
    refusal: Entry | None = None
    said: str | None = None
    troubled: bool = False
    people: Sequence[Refused] = ()
    picked: Sequence[str] = ()
    held: int = 0
    drifted: int = 0
    kept: int = 0
    read_at: datetime | None = None
    again_at: datetime | None = None

    @property
    def asks_staff(self) -> int:
        """Grades that somebody has to look at."""
        return self.refused + self.held + self.drifted

    @property
    def is_under_way(self) -> bool:
        """Do scores go by themselves at this moment?"""
        return self.offered and not self.off and self.waiting > 0 and self.code is None

    @property
    def may_send_again(self) -> bool:
        return self.offered and not self.off and bool(self.refused or self.code)


def gradebook_state(course_id: str, space_id: str, space_name: str) -> GradebookState:
    """A picked objective's column that the LMS does not have, or no longer has, is nobody's trouble and not counted."""
    own, picked = _columns(course_id, space_id)
    columns = [one.id for one in (own, *picked) if one and not one.is_off]
    course = db.session.get_one(CourseKey, course_id)
    offered = takes_scores(course) or any(takes_scores(course, one.url) for one in picked)
    if own is None and not picked:
        return GradebookState(offered, label_of(space_name))
    counts, waiting = _counts(columns), count_waiting(columns)
    is_off = own is not None and own.shows == Shows.NOTHING
    troubled = next((one for one in (own, *picked) if one and one.problem), None)
    code = troubled.problem if troubled else None
    return GradebookState(
        offered, (own.label_there or own.label) if own else label_of(space_name),
        own is not None and own.url is not None and not own.is_off, is_off,
        counts.get("sent", 0), waiting, counts.get("refused", 0),
        counts.get("waiting", 0) - waiting if not is_off else 0, _last_sent(columns),
        code, CATALOGUE.get(code or ""), troubled.problem_said if troubled else None,
        troubled is not None and troubled.troubled_since is not None,
        _refused(columns, space_id) if counts.get("refused") else (), [one.label_there or one.label for one in picked],
        counts.get("held", 0), _drifted(columns), counts.get("kept", 0), own.read_at if own else None,
        next_try(troubled) if troubled else None,
    )  # fmt: skip


def _columns(course: str, space: str) -> tuple[LineItem | None, list[LineItem]]:
    """The Space's own column, and those of its picked objectives that are in the LMS. A Space that was deleted in this
    course has left columns behind, which are none of it.
    """
    here = select(Objective.id).where(Objective.space_id == space)
    query = select(LineItem).where(
        LineItem.course_id == course, or_(LineItem.resource_id == space, LineItem.resource_id.in_(here))
    )  # fmt: skip
    items = db.session.scalars(query.order_by(LineItem.created_at, LineItem.id)).all()
    own = next((one for one in items if one.resource_id == space), None)
    return own, [one for one in items if one.tag == COLUMN_TAG and one.url is not None and not one.is_off]


def _counts(columns: Sequence[str]) -> Mapping[str, int]:
    """By state. Of people who have left only what was sent, and what stays here."""
    counted = (
        select(Score.state, func.count())
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .where(Score.line_item_id.in_(columns), or_(Score.state.in_(("sent", "waiting")), is_graded()))
        .group_by(Score.state)
    )
    return {state: people for state, people in db.session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy


def _drifted(columns: Sequence[str]) -> int:
    """Grades that arrived and are shown otherwise, so that somebody may want to do something."""
    those = (
        select(func.count())
        .select_from(Score)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .where(Score.line_item_id.in_(columns), Score.state == "sent", Score.drift.in_(DIFFERS), is_graded())
    )
    return db.session.scalar(those) or 0


def _last_sent(columns: Sequence[str]) -> datetime | None:
    return db.session.scalar(select(func.max(Score.sent_at)).where(Score.line_item_id.in_(columns)))


def _refused(columns: Sequence[str], space: str) -> list[Refused]:
    query = (
        select(Member.id, Person.name, Score.problem, Score.problem_said, LineItem.tag, LineItem.label)
        .join(Person, Person.id == Score.person_id)
        .join(Member, Member.person_id == Score.person_id)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(Score.line_item_id.in_(columns), Score.state == "refused", Member.space_id == space, IS_LEARNER)
        .order_by(Member.sort_name, Member.id, LineItem.created_at)
        .limit(SHOWN)
    )
    return [
        Refused(member, name, code or "", CATALOGUE.get(code or ""), said, label if tag == COLUMN_TAG else None)
        for member, name, code, said, tag, label in db.session.execute(query)
    ]
