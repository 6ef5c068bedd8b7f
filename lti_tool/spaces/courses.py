"""Courses as the rooms know them: opaque, and kept by the door. Which Spaces have one, and bringing a Space to one."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app
from sqlalchemy import ColumnElement, select

from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.visit import Visit
from lti_tool.spaces.copying import MOST_OFFERED, runs
from lti_tool.spaces.days import is_over
from lti_tool.spaces.events import SpaceBrought
from lti_tool.spaces.model import Space
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space

WithCourse = Callable[[Collection[str]], set[str]]

catalogue(
    {
        "space_has_course": Entry(
            409, "This Space has a course already", "A Space belongs to one course, and somebody has brought it there.",
            "you", "Choose another Space, or create one for this course. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A Space without a course, as it is offered to one."""

    id: str
    name: str
    ends_on: date


def init_courses(app: Flask, tellers: Sequence[WithCourse]) -> None:
    app.extensions["with_course"] = tuple(tellers)


def with_course(space_ids: Collection[str]) -> set[str]:
    """Those of the Spaces that a course reaches."""
    return {space for tell in current_app.extensions["with_course"] for space in tell(space_ids)}


def waiting_for_course(visit: Visit) -> list[Waiting]:
    """The Spaces without a course that whoever is here may bring, and that have not ended, by name."""
    if not visit.is_staff:
        return []
    query = select(Space.id, Space.name, Space.ends_on, Space.time_zone, Space.archived_at).where(
        Space.organization_id == visit.organization, Space.archived_at.is_(None), _brings(visit)
    )
    found = db.session.execute(query.order_by(Space.name, Space.id)).all()
    taken = with_course([row.id for row in found])
    open_ones = [row for row in found if row.id not in taken and not is_over(None, row.ends_on, row.time_zone)]
    return [Waiting(row.id, row.name, row.ends_on) for row in open_ones[:MOST_OFFERED]]


def bring(space_id: str, visit: Visit) -> None:
    """The course of this visit leads to the Space from now on. Raises `Problem` not_found, not_allowed for a designer
    of the course, space_archived, space_has_course, and what the door refuses: a course that has a Space.
    """
    may_bring = select(Space.id).where(Space.id == space_id, Space.organization_id == visit.organization)
    if visit.course is None or db.session.scalar(may_bring.where(_brings(visit))) is None:
        raise Problem("not_found")
    if not visit.is_staff:
        raise Problem("not_allowed")
    hold_space(space_id)  # of two courses that bring it at once, the second finds it taken
    open_space(space_id)
    if with_course([space_id]):
        raise Problem("space_has_course")
    record(SpaceBrought(space_id, visit.course.ref, visit.person))


def _brings(visit: Visit) -> ColumnElement[bool]:
    """A teacher of the Space, or whoever runs its issuer. Neither an assistant, who would be its teacher by it, nor a
    designer of the course, who would come to see its people (decision 32).
    """
    return runs(visit.person, as_teacher=True)
