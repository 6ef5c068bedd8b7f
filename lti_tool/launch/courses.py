"""Courses and their Spaces: a course reaches one Space, and the first one that is made for it stays."""

from sqlalchemy import update

from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.launch.model import CourseKey


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
