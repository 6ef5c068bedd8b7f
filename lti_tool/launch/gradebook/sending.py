"""The job behind the gradebook: each column of the course is made sure of, then its waiting scores are handed in.

Rows are the truth (decision 8): whatever ends a run early leaves its scores waiting, and a run begins with what waits.
A repeat is the same score under the same timestamp (decision 10). No call is made inside a transaction.
"""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import Job, RetryLater
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import rules
from lti_tool.launch.gradebook.handing_in import Course, Refusal, hand_in
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import key_of, objectives_of
from lti_tool.launch.gradebook.placing import Column, address_at_lms, keep
from lti_tool.launch.gradebook.rules import worth
from lti_tool.launch.gradebook.sendable import Sendable, next_due, sendable
from lti_tool.launch.gradebook.settling import ask_again, await_again, settle
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.logs import log
from lti_tool.spaces.model import Objective
from lti_tool.spaces.standings import hold_space

RUN = 200  # scores of one course before others have their turn
RUN_SECONDS = 60.0
_SHORTEST_WAIT, _LONGEST_WAIT = 10.0, 6 * 3600.0


@dataclass(frozen=True)
class _Turn:
    """One column of the course, the way into it, and what waits to go there."""

    course: Course
    column: Column
    scores: list[Sendable]


def send_scores(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` where something is left for later."""
    course_id = str(arguments["course"])
    if _is_sent_elsewhere(course_id):
        raise RetryLater(random.uniform(1.0, 3.0))  # noqa: S311 - no secret hangs on it
    ends, waits = time.monotonic() + RUN_SECONDS, []
    for turn in _begin(course_id):
        wait = _send(turn, ends)
        if wait is not None:
            waits.append(wait)
    if waits:
        raise RetryLater(min(waits))


def _send(turn: _Turn, ends: float) -> float | None:
    """One column's scores. Answers how long what is left of them can wait; raises `RetryLater` for an LMS that is away,
    for then the other columns wait too.
    """
    if turn.scores:
        if time.monotonic() > ends:
            return 0.0
        try:
            _deliver(turn.course, address_at_lms(turn.course, turn.column), turn.scores, ends)
        except ServiceRefused as refused:
            _put_off_or_stop(turn, refused)
            return None
    return _end(turn.column.row, has_sent=bool(turn.scores))


def _is_sent_elsewhere(course_id: str) -> bool:
    """Does another worker hold a job of this course beside ours? Two would make two columns."""
    held = select(func.count()).select_from(Job).where(
        Job.unique_key == key_of(course_id), Job.lease_until > clock.now(), Job.finished_at.is_(None)
    )  # fmt: skip
    count = db.session.scalar(held) or 0
    db.session.rollback()
    return count > 1


def _begin(course_id: str) -> list[_Turn]:
    """What there is to send, noted as tried; nothing when nothing is to be sent from this course.

    A column that the LMS broke over comes last, so that it holds back no other.
    """
    with transaction():
        found = db.session.execute(_columns(course_id)).all()
        known = [(row, course) for row in found if (course := _course(row)) is not None]
        columns = [(course, _column(row)) for row, course in known]
        if any(column.maximum != column.wanted for _, column in columns):
            settle(course_id)
        turns = [_Turn(course, column, sendable(column.row, RUN)) for course, column in columns]
        _note_tried([one for turn in turns for one in turn.scores])
    return turns


def _columns(course_id: str) -> Select[*tuple[Any, ...]]:
    """The columns of a course that is on: the Space's, and those of picked objectives."""
    return (
        select(LineItem, CourseKey, Deployment, Registration, objectives_of(CourseKey.space_id).label("objectives"),
               Objective.points)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .outerjoin(Objective, and_(Objective.id == LineItem.resource_id, LineItem.tag == COLUMN_TAG))
        .where(
            CourseKey.id == course_id, or_(LineItem.resource_id == CourseKey.space_id, Objective.id.is_not(None)),
            LineItem.is_off.is_(False), Registration.switched_off_at.is_(None), Deployment.status == "active",
        )
        .order_by(LineItem.troubled_since.is_not(None), LineItem.created_at, LineItem.id)
    )  # fmt: skip


def _column(row: Any) -> Column:
    item, wanted = row.LineItem, max(row.objectives, 1) if row.points is None else worth(row.points)
    return Column(item.id, item.resource_id, item.tag, item.label, item.url, item.maximum, wanted)


def _course(row: Any) -> Course | None:
    """The way into this column: that of a picked objective is the LMS's own, whichever address we know of it."""
    key, registration = row.CourseKey, row.Registration
    own = key.line_item_url if row.points is None else row.LineItem.url
    way = rules.way_of(key.grade_scopes, line_items=key.line_items_url, line_item=own)
    if way is None:
        return None
    address = str(own if way is rules.Way.COUPLED else key.line_items_url)
    connector = SafeServiceConnector(
        StrictRegistration(registration), deployment_id=row.Deployment.deployment_id, service_url=address
    )
    profile = profile_named(registration.profile)
    return Course(key.id, way, address, key.line_item_url, frozenset(key.grade_scopes), connector, profile)


def _note_tried(scores: list[Sendable]) -> None:
    if not scores:
        return
    db.session.execute(
        update(Score)
        .where(Score.id.in_([one.id for one in scores]))
        .values(tried_at=Score.moved_at)
        .execution_options(synchronize_session=False)
    )


def _deliver(course: Course, url: str, scores: list[Sendable], ends: float) -> None:
    taken = 0
    for one in scores:
        refusal = hand_in(course, url, one, others_were_taken=taken > 0)
        taken += refusal is None
        _settle(one, refusal)
        if time.monotonic() > ends:
            return


def _settle(one: Sendable, refusal: Refusal | None) -> None:
    """How it went, unless the score has moved meanwhile: then the newer one waits its turn."""
    values: dict[str, Any] = {"state": "sent", "sent_at": clock.now(), "problem": None, "problem_said": None}
    if refusal is not None:
        values = {"state": "refused", "problem": refusal.code, "problem_said": refusal.said or None}
    with transaction():
        mine = update(Score).where(Score.id == one.id, Score.moved_at == Score.tried_at)
        db.session.execute(mine.values(**values).execution_options(synchronize_session=False))


def _end(row: str, *, has_sent: bool) -> float | None:
    """All went well; more that waits is sent at once, and what lies too far ahead when its time has come."""
    if has_sent:
        keep(row, problem=None, problem_said=None, troubled_since=None)
    due = next_due(row)
    db.session.rollback()
    return None if due is None else max((due - rules.FARTHEST_AHEAD - clock.now()).total_seconds(), 0.0)


def _put_off_or_stop(turn: _Turn, refused: ServiceRefused) -> None:
    """A platform that is away or busy is tried again, each time later; what somebody must mend is told and waits."""
    row = turn.column.row
    log.warning("scores_refused", column=row, code=refused.code, wait=refused.wait)
    with transaction():
        if turn.column.is_picked and refused.code == "column_gone":
            await_again(turn.course.id, row)
        item = db.session.get_one(LineItem, row)
        item.problem, item.problem_said = refused.code, refused.said or None
        item.troubled_since = (item.troubled_since or clock.now()) if refused.may_pass else None
        since = item.troubled_since
    if since is not None:
        raise RetryLater(_wait(since, refused.wait))


def _wait(since: datetime, asked: float | None) -> float:
    """As long as it has lasted already, never shorter than the LMS asks for, and never the same for all."""
    lasted = (clock.now() - since).total_seconds()
    patience = min(max(lasted, _SHORTEST_WAIT), _LONGEST_WAIT)
    return max(patience * random.uniform(0.75, 1.0), asked or 0.0) + random.uniform(0.0, 1.0)  # noqa: S311


def send_again(course_id: str) -> None:
    """Staff ask for it: what was refused goes again under a new timestamp, and a column that is gone is made anew."""
    key = db.session.get_one(CourseKey, course_id)
    hold_space(str(key.space_id))
    held = select(LineItem).where(LineItem.course_id == course_id).order_by(LineItem.created_at, LineItem.id)
    items = db.session.scalars(held.execution_options(populate_existing=True)).all()
    for item in items:
        if item.problem and item.troubled_since is None and item.tag != COLUMN_TAG:
            _look_for_anew(item, key)
        else:
            ask_again(item, everybody=False)
        item.problem = item.problem_said = item.troubled_since = None
    if items:
        hurry(course_id)


def _look_for_anew(item: LineItem, key: CourseKey) -> None:
    is_gone = item.problem == "column_gone"
    ask_again(item, everybody=is_gone)
    if is_gone and item.url == key.line_item_url:
        key.line_item_url = None  # the next launch names the link's column of then
    item.url = item.maximum = None


def hurry(course_id: str) -> None:
    """Send now: also where the job waits for a platform that was away."""
    waiting = update(Job).where(Job.unique_key == key_of(course_id), Job.lease_holder.is_(None))
    waiting = waiting.where(Job.finished_at.is_(None), Job.failed_at.is_(None), Job.run_at > clock.now())
    db.session.execute(waiting.values(run_at=clock.now()).execution_options(synchronize_session=False))
