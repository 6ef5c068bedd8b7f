"""What a launch says of its course's roster, and that somebody has come today: then a list of yesterday is read again.

Only the first launch of a day writes here, so that a class that arrives together writes once.
"""

from sqlalchemy import update

from lti_tool import clock
from lti_tool.db import db
from lti_tool.launch.claims import Launch
from lti_tool.launch.known import Known
from lti_tool.launch.model import CourseKey
from lti_tool.launch.roster.asking import ask_if_stale


def is_roster_known(launch: Launch, known: Known) -> bool:
    """Is nothing of this new? What a launch does not say stays as an earlier one said it."""
    return known.opened_on == clock.now().date() and launch.groups_url in (None, known.groups_url)


def remember_roster(launch: Launch, known: Known, course: str) -> None:
    """Inside the launch's transaction."""
    if is_roster_known(launch, known):
        return
    said = {"opened_on": clock.now().date(), "groups_url": launch.groups_url or known.groups_url}
    change = update(CourseKey).where(CourseKey.id == course).values(**said)
    db.session.execute(change.execution_options(synchronize_session=False))
    if known.course and known.course.space:
        ask_if_stale(course)
