"""Columns of single objectives: a teacher picked one with a column, and the LMS made that column with the link.

The answer to a pick says only what was asked for. So the job looks for such a column, and a launch of the link names
it, whichever comes first. We never make one ourselves: whether it exists is for the LMS and its teachers to say.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, and_, select, update

from lti_tool import clock
from lti_tool.db import db, insert_into, new_id
from lti_tool.jobs import enqueue
from lti_tool.launch.claims import Launch
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.deep_linking.view import PARAMETER, read_view
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import SETTLE
from lti_tool.launch.gradebook.rules import Shows, objective_label, worth
from lti_tool.launch.known import KnownCourse
from lti_tool.launch.messages import Message
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.lineage import objective_here
from lti_tool.spaces.model import Objective

_UNTIL_SAVED = 60.0  # the teacher goes back to the LMS and saves the link there; only then is there a column


def column_of_space(launch: Launch) -> str | None:
    """The link's own column where it may serve the whole Space: not that of a picked objective's link."""
    if launch.grades is None or launch.message is not Message.RESOURCE_LINK or _objective_named(launch):
        return None
    return launch.grades.only_column


def await_columns(course_id: str, picked: Mapping[str, str]) -> None:
    """Columns are asked of the LMS for these objectives (id: label). Inside the transaction that answers the pick."""
    for objective, label in picked.items():
        points = db.session.scalar(select(Objective.points).where(Objective.id == objective)) or 0
        keep_picked(course_id, objective, label, points, url=None)
    if picked:
        enqueue(SETTLE, {"course": course_id}, key=f"{SETTLE}:{course_id}", delay=_UNTIL_SAVED)


def is_column_known(launch: Launch, course: KnownCourse, connection: Connection) -> bool:
    """Does this launch name no column that is news?"""
    found = _asked(launch, course, connection)
    return found is None or connection.execute(found).first() is None


def remember_column(launch: Launch, course: KnownCourse) -> None:
    """The column of the objective's link, as this launch names it. Inside the transaction in which somebody arrives."""
    found = _asked(launch, course, db.session.connection())
    row = db.session.execute(found).first() if found is not None else None
    if row is None or launch.grades is None:
        return
    keep_picked(course.id, row.id, row.title, row.points, url=launch.grades.line_item)
    enqueue(SETTLE, {"course": course.id}, key=f"{SETTLE}:{course.id}")


def _objective_named(launch: Launch) -> str | None:
    view = read_view(launch.custom.get(PARAMETER, ""))
    return view.ref if view and view.kind == "objective" else None


def _asked(launch: Launch, course: KnownCourse, connection: Connection) -> Select[*tuple[Any, ...]] | None:
    """The objective of this course's Space whose column the launch names, unless its column is known already.

    A second link to the same objective changes nothing: the column that came first is the one that is filled. A link
    that was copied along names an earlier objective, and means its copy here.
    """
    named = _objective_named(launch) if launch.message is Message.RESOURCE_LINK else None
    column = launch.grades.line_item if launch.grades else None
    if not (named and column and course.space) or column == course.line_item_url:
        return None
    objective = objective_here(named, course.space, connection)
    kept = and_(LineItem.course_id == course.id, LineItem.resource_id == Objective.id)
    return (
        select(Objective.id, Objective.title, Objective.points)
        .outerjoin(LineItem, kept)
        .where(Objective.id == objective, Objective.space_id == course.space, LineItem.url.is_(None))
    )


def keep_picked(course_id: str, objective: str, label: str, points: int, *, url: str | None) -> None:
    """The column's row, made or taken up again, with the course's switch as it stands."""
    off = db.session.scalar(_writes_nothing(course_id))
    fresh = insert_into(LineItem).values(
        id=new_id(), course_id=course_id, resource_id=objective, tag=COLUMN_TAG, label=objective_label(label), url=url,
        maximum=worth(points), is_off=off is not None, created_at=clock.now(),
    )  # fmt: skip
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["course_id", "resource_id"]))
    again = update(LineItem).where(
        LineItem.course_id == course_id, LineItem.resource_id == objective, LineItem.url.is_(None)
    )  # fmt: skip
    said = {"url": url, "problem": None, "problem_said": None, "troubled_since": None, "created_at": clock.now(),
            "by_choice": False, "refused_since": None, "try_again_at": None}  # fmt: skip
    db.session.execute(again.values(said).execution_options(synchronize_session="fetch"))


def _writes_nothing(course_id: str) -> Select[str]:
    """Its Space's own column where staff chose that nothing is written. What they chose for a Space that was deleted
    says nothing of this one.
    """
    of_space = and_(CourseKey.id == LineItem.course_id, CourseKey.space_id == LineItem.resource_id)
    own = select(LineItem.id).join(CourseKey, of_space)
    return own.where(LineItem.course_id == course_id, LineItem.shows == Shows.NOTHING)
