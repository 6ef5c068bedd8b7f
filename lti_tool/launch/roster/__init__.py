"""The roster: who is in a course, read from the platform page by page and applied as one snapshot. (NRPS 2.0.)"""

from lti_tool.db import db
from lti_tool.launch.courses import bind_course
from lti_tool.launch.roster.pages import panel, roster_pages
from lti_tool.launch.roster.reading import ask_for_roster, read_roster
from lti_tool.people.model import Person
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.members import Arrival, arrive

__all__ = ["ask_for_roster", "on_space_created", "panel", "read_roster", "roster_pages"]


def on_space_created(event: SpaceCreated) -> None:
    """The course leads to its new Space, who made it is in it at once, and everybody else is asked for."""
    if event.course is not None:
        bind_course(event.course, event.space)
    if event.by is not None:
        maker = db.session.get_one(Person, event.by)
        arrive(event.space, Arrival(event.by, maker.names, "staff"))
    if event.course is not None:
        ask_for_roster(event.course, by=event.by)
