"""Once a night the grades of each course are read back, so that staff see where the LMS shows something else.

Nothing is written into the LMS by that: a drift has its explanation, and staff decide.
"""

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater, enqueue
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.graded import is_graded
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.holding import found_now
from lti_tool.launch.gradebook.losing import is_gone, note_gone
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.placing import Column
from lti_tool.launch.gradebook.reaching import courses_reached, courses_with_columns
from lti_tool.launch.gradebook.sendable import sub_of_person
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.pausing import note_answered, pause_platform, wait_for_platform
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log
from lti_tool.spaces.model import Space

READ_BACK = "gradebook.read_back"
_NIGHT = 6 * 3600.0
_FRESH = timedelta(hours=18)


def read_back_by_schedule() -> None:
    """A job for each course that has grades in its LMS, spread over the night."""
    unread = courses_with_columns().where(_is_old(), Space.archived_at.is_(None))
    for course in db.session.scalars(unread).all():
        delay = random.uniform(0.0, _NIGHT)  # noqa: S311 - no secret hangs on it
        with transaction():  # of its own: nobody waits until a job is written for each
            enqueue(READ_BACK, {"course": course}, key=f"{READ_BACK}:{course}", delay=delay)


def read_back(arguments: Mapping[str, Any]) -> None:
    """The job: one course, column by column. Raises `RetryLater` for a platform that is away; those that were read
    before are not read again for it.
    """
    course_id = str(arguments["course"])
    old = set(db.session.scalars(select(LineItem.id).where(LineItem.course_id == course_id, _is_old())))
    reached = [
        (course, column) for course, column in courses_reached(course_id)
        if column.url and column.row in old and rules.RESULTS in course.scopes
    ]  # fmt: skip
    db.session.rollback()
    if reached:
        wait_for_platform(reached[0][0].registration)
    for course, column in reached:
        began = clock.now()
        try:
            shown = columns.results_of(
                course.connector, str(column.url), None, page_size=course.profile.results_page_size
            )
        except ServiceRefused as refused:
            _put_off(course, column, refused)
        else:
            note_answered(course.registration)
            _compare(column.row, shown, began)


def _put_off(course: Course, column: Column, refused: ServiceRefused) -> None:
    """What nobody can read back is no drift; a platform that is away is asked again, and a column that it breaks over
    the next night. One that is gone is told of before the next score finds out.
    """
    log.warning("grades_not_read_back", column=column.row, code=refused.code)
    wait = max(refused.wait or 0.0, 60.0)
    pause_platform(course.registration, refused, wait)
    if refused.of_platform:
        raise RetryLater(wait)
    if not column.is_picked and _is_gone(course, column, refused):
        with transaction():
            note_gone(column.row, column.url, refused.said)


def _is_gone(course: Course, column: Column, refused: ServiceRefused) -> bool:
    try:
        return is_gone(course, str(column.url), refused)
    except ServiceRefused:
        return False


def _is_old() -> ColumnElement[bool]:
    return or_(LineItem.read_at.is_(None), LineItem.read_at < clock.now() - _FRESH)


def _compare(row: str, shown: Mapping[str, rules.Result | None], began: datetime) -> None:
    """What was sent while we read may be missing in what was read, and who has left is listed there no more."""
    sent = (
        select(
            Score.id, Score.moved_at, Score.given, Score.maximum, Score.state, Score.drift, Score.found_score,
            Score.found_maximum, sub_of_person().label("user"),
        )
        .join(LineItem, LineItem.id == Score.line_item_id)
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(LineItem.id == row, is_graded())
        .where(or_(Score.state == "kept", and_(Score.state == "sent", Score.sent_at < began)))
        .order_by(Score.id)  # see `Score`
    )  # fmt: skip
    with transaction():
        _note(db.session.execute(sent).all(), shown)
    with transaction():
        read = update(LineItem).where(LineItem.id == row).values(read_at=clock.now())
        db.session.execute(read.execution_options(synchronize_session=False))


def _note(rows: Sequence[Any], shown: Mapping[str, rules.Result | None]) -> None:
    """What has not changed since the last night is not written again: staff may be about to answer it."""
    for row in rows:
        result = shown.get(row.user)
        if row.state == "kept":
            drift = None if result else rules.Drift.MISSING
        else:
            drift = rules.drift_of(result, row.given, row.maximum)
        is_as_sent = row.state == "sent" and drift is None
        is_as_found = is_as_sent or _figure(result) == (row.found_score, row.found_maximum)
        if drift == row.drift and is_as_found:
            continue
        same = update(Score).where(Score.id == row.id, Score.moved_at == row.moved_at, Score.state == row.state)
        said = {"drift": drift.value if drift else None, **found_now(result)}
        db.session.execute(same.values(**said).execution_options(synchronize_session=False))


def _figure(result: rules.Result | None) -> tuple[float | None, float | None]:
    return (result.score, result.maximum) if result else (None, None)
