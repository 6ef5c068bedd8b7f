"""The roster: who is in a course, read from the platform page by page and applied as one snapshot. (NRPS 2.0.)"""

from lti_tool.db import db
from lti_tool.launch.courses import bind_course
from lti_tool.launch.roster.asking import ask_by_schedule, ask_for_roster
from lti_tool.launch.roster.pages import panel, roster_pages
from lti_tool.launch.roster.reading import read_roster
from lti_tool.outbox import record
from lti_tool.people.model import Person
from lti_tool.spaces.events import ObjectivesMoved, SpaceBrought, SpaceCreated
from lti_tool.spaces.members import Arrival, arrive

__all__ = [
    "ask_by_schedule", "ask_for_roster", "on_space_brought", "on_space_created", "panel", "read_roster", "roster_pages",
]  # fmt: skip


def on_space_created(event: SpaceCreated) -> None:
    """The course leads to its new Space, who made it is in it at once, and everybody else is asked for. Without a
    course nobody has come by a launch: whoever made the Space is its teacher, and stays or goes as one.
    """
    if event.course is None:
        return
    bind_course(event.course, event.space)
    if event.by is not None:
        maker = db.session.get_one(Person, event.by)
        arrive(event.space, Arrival(event.by, maker.names, "staff"))
    ask_for_roster(event.course, by=event.by)


def on_space_brought(event: SpaceBrought) -> None:
    """The course leads to a Space that had none, as if it had been made there."""
    on_space_created(SpaceCreated(event.space, event.course, event.by))
    record(ObjectivesMoved(event.space))  # what was completed before counts in the course as well
