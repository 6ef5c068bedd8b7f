"""In the transaction that moves somebody: their score as the LMS shall show it, and a job that sends it (decision 8).

Whoever moves one person shares the Space, and whoever settles a whole course holds it (`spaces/standings.py`); so the
timestamps of one person never cross.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db, is_postgresql, new_id
from lti_tool.jobs import enqueue
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.rules import TAG, label_of, next_moment, way_of, worth
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.events import ObjectiveAdded, ObjectiveMoved
from lti_tool.spaces.model import Objective, Space

SEND, SETTLE = "gradebook.send", "gradebook.settle"
_AFTERTHOUGHT = 60.0  # a teacher who adds one objective adds more: everybody's scores are sent again once


def on_objective_moved(event: ObjectiveMoved) -> None:
    """The person's scores in each course that reaches the Space and takes them. An open place has none yet."""
    if event.person is None:
        return
    for course in db.session.execute(_courses(event)).all():
        moved = [_move_in_space(course, event), _move_in_picked(course, event)]
        if any(moved):
            ask_to_send(course.id)


def _move_in_space(course: Any, event: ObjectiveMoved) -> bool:
    """All that the person has completed, in the Space's column. Is there something to send?"""
    nothing_to_show = course.score is None and not event.completed
    if course.is_off or nothing_to_show or not takes_scores(course):
        return False
    column = course.column or column_of(course.id, event.space)
    last = course.score, course.moved_at
    _write(column, str(event.person), event.completed, max(course.objectives, 1), last)
    return True


def _move_in_picked(course: Any, event: ObjectiveMoved) -> bool:
    """This one objective, in the column that the LMS has made for it. Is there something to send?"""
    nothing_to_show = course.picked_score is None and not event.is_complete
    if course.picked is None or course.picked_off or nothing_to_show or not takes_scores(course, course.picked_url):
        return False
    whole, last = worth(course.points), (course.picked_score, course.picked_moved_at)
    _write(course.picked, str(event.person), whole if event.is_complete else 0, whole, last)
    return True


def on_objective_added(event: ObjectiveAdded) -> None:
    """Whoever has a score has it of one objective more; nobody else is told of anything."""
    reached = select(CourseKey.id).join(LineItem, LineItem.course_id == CourseKey.id)
    reached = reached.where(CourseKey.space_id == event.space, LineItem.resource_id == event.space)
    for course in db.session.scalars(reached).all():
        enqueue(SETTLE, {"course": course}, key=f"{SETTLE}:{course}", delay=_AFTERTHOUGHT)


def ask_to_send(course: str) -> None:
    enqueue(SEND, {"course": course}, key=key_of(course))


def key_of(course: str) -> str:
    return f"{SEND}:{course}"


def takes_scores(course: Any, picked: str | None = None) -> bool:
    """Does the platform take scores in this course, or in this column of a picked objective? Its launches said so."""
    own = picked or course.line_item_url
    return way_of(course.grade_scopes, line_items=course.line_items_url, line_item=own) is not None


def offers_grades() -> Any:
    """Courses whose launches named a gradebook."""
    return or_(CourseKey.line_items_url.is_not(None), CourseKey.line_item_url.is_not(None))


def objectives_of(space_id: Any) -> Any:
    """How many objectives a Space has, for a query."""
    counted = select(func.count()).select_from(Objective).where(Objective.space_id == space_id)
    return counted.correlate_except(Objective).scalar_subquery()


def column_of(course: str, space: str) -> str:
    """The row of the course's column, made when the first learner has something to show. Answers its id."""
    name = db.session.scalar(select(Space.name).where(Space.id == space)) or ""
    dialect = postgresql if is_postgresql() else sqlite
    fresh = dialect.insert(LineItem).values(
        id=new_id(), course_id=course, resource_id=space, tag=TAG, label=label_of(name), is_off=False,
        created_at=clock.now(),
    )  # fmt: skip
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["course_id", "resource_id"]))
    kept = select(LineItem.id).where(LineItem.course_id == course, LineItem.resource_id == space)
    return str(db.session.scalar(kept))


def rewritten(given: int, maximum: int, last: datetime | None, now: datetime) -> dict[str, Any]:
    """What changes in a score's row when it says something new."""
    return {
        "given": given, "maximum": maximum, "moved_at": next_moment(last, now), "state": "waiting",
        "problem": None, "problem_said": None,
    }  # fmt: skip


def _courses(event: ObjectiveMoved) -> Select[*tuple[Any, ...]]:
    """Each course that reaches the Space, with both columns that may be concerned and the person's score in each."""
    own, picked = aliased(LineItem), aliased(LineItem)
    score, picked_score = aliased(Score), aliased(Score)
    points = select(Objective.points).where(Objective.id == event.objective).scalar_subquery()
    return (
        select(
            CourseKey.id, CourseKey.grade_scopes, CourseKey.line_items_url, CourseKey.line_item_url,
            own.id.label("column"), own.is_off, score.id.label("score"), score.moved_at,
            objectives_of(event.space).label("objectives"), points.label("points"),
            picked.id.label("picked"), picked.is_off.label("picked_off"), picked.url.label("picked_url"),
            picked_score.id.label("picked_score"), picked_score.moved_at.label("picked_moved_at"),
        )
        .outerjoin(own, and_(own.course_id == CourseKey.id, own.resource_id == event.space))
        .outerjoin(score, and_(score.line_item_id == own.id, score.person_id == event.person))
        .outerjoin(picked, and_(picked.course_id == CourseKey.id, picked.resource_id == event.objective))
        .outerjoin(picked_score, and_(picked_score.line_item_id == picked.id, picked_score.person_id == event.person))
        .where(CourseKey.space_id == event.space, or_(offers_grades(), picked.url.is_not(None)))
    )  # fmt: skip


def _write(column: str, person: str, given: int, maximum: int, last: tuple[str | None, datetime | None]) -> None:
    """`last` is the score's row as it stands, and its timestamp."""
    score, moved_at = last
    said = rewritten(given, maximum, moved_at, clock.now())
    if score is None:
        db.session.add(Score(line_item_id=column, person_id=person, **said))
        db.session.flush()
        return
    changed = update(Score).where(Score.id == score).values(**said)
    db.session.execute(changed.execution_options(synchronize_session=False))
