"""Whose grades anybody has to care for: those of active learners, never of staff, of a test user, or of who has left.

The LMS lists nobody who has left the course, so what it shows of them is no news: they are sent nothing, compared with
nothing, and nobody is asked about them.
"""

from typing import Any

from sqlalchemy import and_, exists

from lti_tool.launch.gradebook.model import Score
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.model import Member

IS_LEARNER = and_(Member.role == "member", Member.status == "active")


def is_graded() -> Any:
    """Is the score's person such a learner, in the Space that the course reaches? For a query of both."""
    here = and_(Member.space_id == CourseKey.space_id, Member.person_id == Score.person_id)
    return exists().where(here, IS_LEARNER)
