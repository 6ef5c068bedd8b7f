"""The job that looks for columns of an earlier Space in a course that has none yet: then the course is a copy.

A platform that copies a course copies our columns with it, with their tag and `resourceId` (AGS 2.0, section 3.2.2).
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater
from lti_tool.launch.copies.noting import Copied, note
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.inherited import Book, book_of, tagged
from lti_tool.launch.gradebook.rules import TAG
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log
from lti_tool.spaces.model import Objective, Space

PATIENCE = timedelta(hours=1)
_WAIT = 60.0
_MOST = 500


def look(arguments: Mapping[str, Any]) -> None:
    """The job. Raises `RetryLater` while the platform is away, for an hour; any other refusal ends it."""
    course_id = str(arguments["course"])
    found = book_of(course_id)
    if found is None or found[1] is not None:  # a Space was made meanwhile
        return
    try:
        resources = {one for tag in (TAG, COLUMN_TAG) for one in _resources(found[0], tag)}
    except ServiceRefused as refused:
        log.info("columns_not_looked_at", course=course_id, code=refused.code)
        if refused.may_pass and not _is_late(course_id):
            raise RetryLater(max(_WAIT, refused.wait or 0.0)) from None
        return
    with transaction():
        course = db.session.get_one(CourseKey, course_id)
        note(Copied(course.deployment_id, course.context_id), "columns", _spaces_of(resources, course))


def _resources(book: Book, tag: str) -> Iterable[str]:
    for item in tagged(book, tag):
        said = item.get("resourceId")
        if isinstance(said, str) and 0 < len(said) <= 32:  # ours are 32 hex digits
            yield said


def _spaces_of(resources: Iterable[str], course: CourseKey) -> list[str]:
    """The Spaces that these stand for, or hold the objectives that do; of the course's organization only, the newest
    first.
    """
    deployment = db.session.get_one(Deployment, course.deployment_id)
    own = select(Registration.organization_id).where(Registration.id == deployment.registration_id)
    organization = deployment.organization_id or db.session.scalar(own)
    named = sorted(resources)[:_MOST]
    of_objectives = select(Objective.space_id).where(Objective.id.in_(named))
    found = select(Space.id).where(
        Space.organization_id == organization, or_(Space.id.in_(named), Space.id.in_(of_objectives))
    )
    return list(db.session.scalars(found.order_by(Space.id.desc())))


def _is_late(course_id: str) -> bool:
    asked = db.session.scalar(select(func.max(CourseKey.columns_looked_at)).where(CourseKey.id == course_id))
    db.session.rollback()
    return asked is None or asked < clock.now() - PATIENCE
