"""Writing down that a course is a copy: what a launch says of it, what a notice says, what columns show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select, update

from lti_tool import clock
from lti_tool.db import db, insert_into, new_id
from lti_tool.jobs import enqueue
from lti_tool.launch.claims import FIND_COLUMNS, MAKE_COLUMNS, Launch
from lti_tool.launch.copies.model import CourseCopy
from lti_tool.launch.known import KnownCourse
from lti_tool.launch.model import CourseKey
from lti_tool.people.visit import Role

LOOK = "copies.look"
LOOKED_EVERY = timedelta(minutes=10)  # content is often copied into a course after somebody has looked into it
_LINKS = 10
_TEACHING = (Role.STAFF, Role.DESIGNER)


@dataclass(frozen=True)
class Copied:
    """Which course of a deployment is a copy."""

    deployment: str
    context: str


def look_key(course: str) -> str:
    return f"{LOOK}:{course}"


def has_news_of_copies(launch: Launch, deployment: str, course: KnownCourse, connection: Connection) -> bool:
    """Does this launch name an origin that nobody has written down, or is it time to look at the columns?"""
    if launch.context is None or not _concerns(launch, course):
        return False
    if _is_time_to_look(launch, course):
        return True
    known_by, origins = _named(launch)
    if not origins:
        return False
    noted = select(func.count()).where(
        CourseCopy.deployment_id == deployment, CourseCopy.context_id == launch.context.id,
        CourseCopy.known_by == known_by, CourseCopy.origin.in_(origins),
    )  # fmt: skip
    return connection.execute(noted).scalar() != len(origins)


def note_copies(launch: Launch, deployment: str, course_id: str, course: KnownCourse | None) -> None:
    """Keep what the launch says of its origins, and have the columns looked at. In the transaction of an arrival."""
    if launch.context is None or not _concerns(launch, course):
        return
    known_by, origins = _named(launch)
    note(Copied(deployment, launch.context.id), known_by, origins)
    if _is_time_to_look(launch, course):
        now = clock.now()
        looked = update(CourseKey).where(CourseKey.id == course_id).values(columns_looked_at=now)
        db.session.execute(looked.execution_options(synchronize_session=False))
        enqueue(LOOK, {"course": course_id}, key=look_key(course_id))


def note(copied: Copied, known_by: str, origins: Sequence[str]) -> None:
    """These origins, the nearest first; what is noted already stays as it is."""
    rows = [
        {"id": new_id(), "deployment_id": copied.deployment, "context_id": copied.context, "known_by": known_by,
         "origin": origin, "place": place, "noted_at": clock.now()}
        for place, origin in enumerate(origins)
        if origin != copied.context
    ]  # fmt: skip
    if rows:
        db.session.execute(insert_into(CourseCopy).values(rows).on_conflict_do_nothing())


def _concerns(launch: Launch, course: KnownCourse | None) -> bool:
    """In a course without a Space everybody's word counts, for no more than it may (`spaces/last_term.py`); in one that
    has its own only its staff's links matter.
    """
    return course is None or course.space is None or launch.standing.role in _TEACHING


def _named(launch: Launch) -> tuple[str, tuple[str, ...]]:
    """The history of the course; where the platform has none, that of the link."""
    if launch.context_history:
        return "history", launch.context_history
    return "link", launch.link_history[:_LINKS]


def _is_time_to_look(launch: Launch, course: KnownCourse | None) -> bool:
    """Only for a teacher, in a course without a Space, where the platform lets us read its columns."""
    grades = launch.grades
    if launch.standing.role not in _TEACHING or grades is None or not grades.line_items:
        return False
    if {MAKE_COLUMNS, FIND_COLUMNS}.isdisjoint(grades.scopes):
        return False
    if course is None or course.columns_looked_at is None:
        return course is None or course.space is None
    return course.space is None and course.columns_looked_at < clock.now() - LOOKED_EVERY
