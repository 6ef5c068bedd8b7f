"""Grades of a Space switched off and on. What is in the LMS stays there; switched on again, what has moved follows."""

from sqlalchemy import update

from lti_tool.db import db
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import column_of
from lti_tool.launch.gradebook.settling import settle
from lti_tool.spaces.standings import hold_space


def switch(course: str, space: str, *, on: bool) -> None:
    """Inside a transaction."""
    hold_space(space)
    column_of(course, space)
    columns = update(LineItem).where(LineItem.course_id == course).values(is_off=not on)
    db.session.execute(columns.execution_options(synchronize_session="fetch"))
    if on:
        settle(course)
