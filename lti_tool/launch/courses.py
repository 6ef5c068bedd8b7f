"""Courses and their Spaces: a course reaches one Space, and the first one that is made for it stays.

For the API this is the door's answer to which course an LMS's context id means, and which Space it reaches.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Select, func, select, update

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.model import CourseKey, Deployment, Registration, VisitRow
from lti_tool.spaces.events import SpaceDeleted
from lti_tool.words import to_say


def bind_course(course_id: str, space_id: str) -> None:
    """From now on every link of the course leads to this Space. Raises `Problem` course_has_space."""
    bound = db.session.scalar(
        update(CourseKey)
        .where(CourseKey.id == course_id, CourseKey.space_id.is_(None))
        .values(space_id=space_id)
        .returning(CourseKey.id)
    )
    if bound is None:
        raise Problem("course_has_space")


def on_space_deleted(event: SpaceDeleted) -> None:
    """Its course has none again: the next teacher who comes is asked what it shall be."""
    db.session.execute(
        update(CourseKey)
        .where(CourseKey.space_id == event.space)
        .values(space_id=None)
        .execution_options(synchronize_session=False)
    )


def spaces_with_course(space_ids: Collection[str]) -> set[str]:
    """Those of the Spaces that a course reaches."""
    found = select(CourseKey.space_id).where(CourseKey.space_id.in_(space_ids))
    return {space for space in db.session.scalars(found) if space}


def space_of_visit(visit_id: str) -> str | None:
    """The Space that the visit's course reaches, if it has one."""
    return db.session.scalar(
        select(CourseKey.space_id).join(VisitRow, VisitRow.course_id == CourseKey.id).where(VisitRow.id == visit_id)
    )


def spaces_of_context(context: str) -> Select[str | None]:
    """The ids of the Spaces that courses of this context reach, whoever's they are."""
    return select(CourseKey.space_id).where(CourseKey.context_id == context, CourseKey.space_id.is_not(None))


def contexts_of(space_ids: Iterable[str]) -> dict[str, str]:
    """{Space: context id}; of several courses that reach one Space the first."""
    found: dict[str, str] = {}
    rows = db.session.execute(
        select(CourseKey.space_id, CourseKey.context_id)
        .where(CourseKey.space_id.in_(set(space_ids)))
        .order_by(CourseKey.created_at, CourseKey.id)
    )
    for space, context in rows:
        if space is not None:
            found.setdefault(space, context)
    return found


def course_of_context(organization: str, context: str) -> str:
    """The one course of the organization that has this context id.

    Raises `Problem` not_found before its first launch, and context_ambiguous where platforms use the same id.
    """
    owner = func.coalesce(Deployment.organization_id, Registration.organization_id)
    courses = db.session.scalars(
        select(CourseKey.id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(CourseKey.context_id == context, owner == organization)
        .limit(2)
    ).all()
    if not courses:
        raise Problem("not_found", to_say("No course with this context has been opened in the LMS yet."))
    if len(courses) > 1:
        raise Problem("context_ambiguous")
    return courses[0]
