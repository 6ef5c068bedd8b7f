"""When a roster is asked for: by staff, by a launch that finds it old, and by the clock.

How often the clock asks follows from when somebody last came, and no two courses come at the same moment.
"""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import enqueue
from lti_tool.launch.model import CourseKey, Deployment, Registration, RosterRead
from lti_tool.spaces.model import Space

JOB = "roster.read"
UNDER_WAY = ("waiting", "reading")
LOST = timedelta(hours=2)  # a reading as old as this has no job any more
STALE = timedelta(hours=12)
_JITTER = 0.2
_AT_ONCE = 200
_KEPT = timedelta(days=60)
_LONG_AGO = date(1970, 1, 1)


def ask_for_roster(course_id: str, *, by: str | None, agreed: int = 0) -> str | None:
    """Ask for a reading of a course's roster, inside a transaction. Answers its row, or the one that is under way.

    `agreed`: so many people may leave, for staff have said so. None when the platform offers no roster for the course,
    or the course has no Space.
    """
    course = db.session.get(CourseKey, course_id)
    if course is None or course.space_id is None or course.roster_url is None:
        return None
    course.roster_due_at = next_reading(course.opened_on, clock.now())
    _give_up_lost(course_id)
    try:
        with db.session.begin_nested():
            read = RosterRead(course_id=course_id, asked_by=by, state="waiting", agreed=agreed)
            db.session.add(read)
            db.session.flush()
    except IntegrityError:  # one is under way: the database allows no second
        return _under_way(course_id, agreed)
    enqueue(JOB, {"read": read.id}, key=f"{JOB}:{read.id}")
    return read.id


def ask_if_stale(course_id: str) -> None:
    """Somebody has come: a list that nobody has asked for since half a day is asked for now. Inside a transaction."""
    since = clock.now() - STALE
    fresh = select(RosterRead.id).where(RosterRead.course_id == course_id, RosterRead.asked_at > since)
    if db.session.scalar(fresh.limit(1)) is None:
        ask_for_roster(course_id, by=None)


def next_reading(opened_on: date | None, now: datetime) -> datetime:
    """When the clock asks again: the rarer, the longer nobody has come; up to a fifth earlier or later."""
    away = (now.date() - (opened_on or _LONG_AGO)).days
    days = 1 if away <= 14 else 7 if away <= 60 else 28
    return now + timedelta(days=days) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret hangs on it


def ask_by_schedule() -> None:
    """Every course whose time has come, each in a transaction of its own."""
    for course_id in db.session.scalars(select(CourseKey.id).where(_is_due()).limit(_AT_ONCE)).all():
        db.session.rollback()
        with transaction():
            due = select(CourseKey.id).where(CourseKey.id == course_id, _is_due())
            if db.session.scalar(due.with_for_update(key_share=True, of=CourseKey)):
                ask_for_roster(course_id, by=None)
    _forget_old()


def _is_due() -> ColumnElement[bool]:
    """Its time has come, and there is somebody to ask: the rest would be refused every time."""
    platform = (
        select(Deployment.id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Deployment.status == "active", Registration.switched_off_at.is_(None))
    )
    running = select(Space.id).where(Space.archived_at.is_(None))
    return and_(
        CourseKey.roster_url.is_not(None),
        or_(CourseKey.roster_due_at.is_(None), CourseKey.roster_due_at <= clock.now()),
        CourseKey.space_id.in_(running),
        CourseKey.deployment_id.in_(platform),
    )


def under_way_of(course_id: str) -> tuple[ColumnElement[bool], ...]:
    return RosterRead.course_id == course_id, RosterRead.state.in_(UNDER_WAY)


def _under_way(course_id: str, agreed: int) -> str | None:
    """The reading that is under way; what staff agreed to holds for it as well."""
    read = db.session.scalar(select(RosterRead.id).where(*under_way_of(course_id)))
    if agreed and read is not None:
        change = update(RosterRead).where(RosterRead.id == read).values(agreed=agreed)
        db.session.execute(change.execution_options(synchronize_session=False))
    return read


def _give_up_lost(course_id: str) -> None:
    db.session.execute(
        update(RosterRead)
        .where(*under_way_of(course_id), RosterRead.asked_at < clock.now() - LOST)
        .values(state="failed", problem="internal", ended_at=clock.now())
    )


def _forget_old() -> None:
    """Readings of long ago, but for the last good one of each course and those that staff have decided."""
    newer = aliased(RosterRead)
    followed = exists().where(
        newer.course_id == RosterRead.course_id, newer.state == "done", newer.asked_at > RosterRead.asked_at
    )
    old = and_(RosterRead.asked_at < clock.now() - _KEPT, RosterRead.state.not_in(UNDER_WAY))
    with transaction():
        gone = delete(RosterRead).where(old, RosterRead.decided_at.is_(None), followed)
        db.session.execute(gone.execution_options(synchronize_session=False))
