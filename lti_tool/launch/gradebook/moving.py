"""In the transaction that moves somebody: their score as the LMS shall show it, and a job that sends it (decision 8).

Whoever moves one person shares the Space, and whoever settles a whole course holds it (`spaces/standings.py`); so the
timestamps of one person never cross.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.db import db, insert_into, made_at, new_id
from lti_tool.jobs import Job, enqueue
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.objective_columns import add_columns
from lti_tool.launch.gradebook.rules import TAG, Shows, label_of, next_moment, way_of, worth
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.events import ObjectiveAdded, ObjectiveMoved, ObjectivePutAway, ObjectivesMoved
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.model import Objective, Space

SEND, SETTLE = "gradebook.send", "gradebook.settle"
_AFTERTHOUGHT = 60.0  # a teacher who adds one objective adds more: everybody's scores are sent again once


def on_objective_moved(event: ObjectiveMoved) -> None:
    """The person's scores in each course that reaches the Space and takes them. An open place has none yet."""
    if event.person is None:
        return
    for course in db.session.execute(_courses(event)).all():
        if course.shows == Shows.OBJECTIVES and course.picked is None:
            add_columns(course.id, event.space)  # it was added a moment ago, and nobody has looked since
            course = db.session.execute(_courses(event).where(CourseKey.id == course.id)).one()
        moved = [_move_in_space(course, event), _move_in_picked(course, event)]
        if any(moved):
            ask_to_send(course.id)


def _move_in_space(course: Any, event: ObjectiveMoved) -> bool:
    """All that the person has completed, in the Space's column. Is there something to send?"""
    counts_points = course.shows == Shows.POINTS
    given = max(event.points, 0) if counts_points else event.completed
    nothing_to_show = course.score is None and not given
    if course.is_off or nothing_to_show or not takes_scores(course):
        return False
    column = course.column or column_of(course.id, event.space)
    whole = course.all_points if counts_points else course.objectives
    _write(column, str(event.person), given, max(whole, 1), (course.score, course.moved_at), _evidence(course))
    return True


def _move_in_picked(course: Any, event: ObjectiveMoved) -> bool:
    """This one objective, in a column of its own. Is there something to send?"""
    nothing_to_show = course.picked_score is None and not event.is_complete
    if course.picked is None or course.picked_off or nothing_to_show or not takes_scores(course, course.picked_url):
        return False
    whole, last = worth(course.points), (course.picked_score, course.picked_moved_at)
    _write(course.picked, str(event.person), whole if event.is_complete else 0, whole, last, _evidence(course))
    return True


def _evidence(course: Any) -> dict[str, datetime]:
    """When the evidence for this objective was begun and handed in, if there was some."""
    if course.submission is None:
        return {}
    return {"began_at": made_at(course.submission), "handed_in_at": course.handed_in_at}


def on_objectives_moved(event: ObjectivesMoved) -> None:
    """Everybody's scores, course by course, once this transaction is through."""
    reached = select(CourseKey.id).where(CourseKey.space_id == event.space).order_by(CourseKey.id)
    for course in db.session.scalars(reached).all():
        enqueue(SETTLE, {"course": course}, key=f"{SETTLE}:{course}")


def on_objective_added(event: ObjectiveAdded | ObjectivePutAway) -> None:
    """Whoever has a score has it of one objective more, or less; nobody else is told of anything."""
    reached = select(CourseKey.id).join(LineItem, LineItem.course_id == CourseKey.id)
    reached = reached.where(CourseKey.space_id == event.space, LineItem.resource_id == event.space)
    reached = reached.order_by(CourseKey.id)
    for course in db.session.scalars(reached).all():
        enqueue(SETTLE, {"course": course}, key=f"{SETTLE}:{course}", delay=_AFTERTHOUGHT)


def ask_to_send(course: str) -> None:
    enqueue(SEND, {"course": course}, key=key_of(course))


def key_of(course: str) -> str:
    return f"{SEND}:{course}"


def hurry(courses: Any) -> None:
    """Send now, also where the job waits for a platform that was away: ids of courses, or a query of them.

    A platform may have more courses than a statement may have values, and of two who hold several jobs each takes them
    in the same order.
    """
    keys = select(literal(key_of("")).concat(CourseKey.id)).where(CourseKey.id.in_(courses))
    now = clock.now()
    waiting = (
        select(Job.id)
        .where(
            Job.unique_key.in_(keys), Job.lease_holder.is_(None), Job.finished_at.is_(None), Job.failed_at.is_(None),
            Job.run_at > now,
        )
        .order_by(Job.unique_key)
        .with_for_update(key_share=True)
    )  # fmt: skip
    hurried = update(Job).where(Job.id.in_(waiting)).values(run_at=now)
    db.session.execute(hurried.execution_options(synchronize_session=False))


def takes_scores(course: Any, picked: str | None = None) -> bool:
    """Does the platform take scores in this course, or in this column of a picked objective? Its launches said so."""
    own = picked or course.line_item_url
    return way_of(course.grade_scopes, line_items=course.line_items_url, line_item=own) is not None


def offers_grades() -> Any:
    """Courses whose launches named a gradebook."""
    return or_(CourseKey.line_items_url.is_not(None), CourseKey.line_item_url.is_not(None))


def objectives_of(space_id: Any) -> Any:
    """How many objectives a Space has, for a query."""
    here = (Objective.space_id == space_id) & Objective.archived_at.is_(None)
    counted = select(func.count()).select_from(Objective).where(here)
    return counted.correlate_except(Objective).scalar_subquery()


def points_of(space_id: Any) -> Any:
    """How many points its objectives are worth together, for a query."""
    here = (Objective.space_id == space_id) & Objective.archived_at.is_(None)
    summed = select(func.coalesce(func.sum(Objective.points), 0)).where(here)
    return summed.correlate_except(Objective).scalar_subquery()


def column_of(course: str, space: str) -> str:
    """The row of the course's column, made when the first learner has something to show. Answers its id."""
    name = db.session.scalar(select(Space.name).where(Space.id == space)) or ""
    fresh = insert_into(LineItem).values(
        id=new_id(), course_id=course, resource_id=space, tag=TAG, label=label_of(name), is_off=False,
        shows=Shows.COMPLETED, by_choice=False, created_at=clock.now(),
    )  # fmt: skip
    db.session.execute(fresh.on_conflict_do_nothing(index_elements=["course_id", "resource_id"]))
    kept = select(LineItem.id).where(LineItem.course_id == course, LineItem.resource_id == space)
    return str(db.session.scalar(kept))


def rewritten(given: int, maximum: int, last: datetime | None, now: datetime) -> dict[str, Any]:
    """What changes in a score's row when it says something new; its state becomes `waiting_again`."""
    return {
        "given": given, "maximum": maximum, "moved_at": next_moment(last, now), "problem": None, "problem_said": None,
        "drift": None,
    }  # fmt: skip


def waiting_again() -> Any:
    """The state of a score that says something new, for an update: a grade of the LMS that staff keep stays kept."""
    return case((Score.state == "kept", "kept"), else_="waiting")


def _courses(event: ObjectiveMoved) -> Select[*tuple[Any, ...]]:
    """Each course that reaches the Space, with both columns that may be concerned and the person's score in each."""
    own, picked = aliased(LineItem), aliased(LineItem)
    score, picked_score = aliased(Score), aliased(Score)
    points = select(Objective.points).where(Objective.id == event.objective).scalar_subquery()
    submission, handed_in_at = _handed_in(event, Submission.id), _handed_in(event, Submission.submitted_at)
    return (
        select(
            CourseKey.id, CourseKey.grade_scopes, CourseKey.line_items_url, CourseKey.line_item_url,
            own.id.label("column"), own.is_off, own.shows, score.id.label("score"), score.moved_at,
            objectives_of(event.space).label("objectives"), points_of(event.space).label("all_points"),
            points.label("points"), submission.label("submission"), handed_in_at.label("handed_in_at"),
            picked.id.label("picked"), picked.is_off.label("picked_off"), picked.url.label("picked_url"),
            picked_score.id.label("picked_score"), picked_score.moved_at.label("picked_moved_at"),
        )
        .outerjoin(own, and_(own.course_id == CourseKey.id, own.resource_id == event.space))
        .outerjoin(score, and_(score.line_item_id == own.id, score.person_id == event.person))
        .outerjoin(picked, and_(picked.course_id == CourseKey.id, picked.resource_id == event.objective))
        .outerjoin(picked_score, and_(picked_score.line_item_id == picked.id, picked_score.person_id == event.person))
        .where(CourseKey.space_id == event.space, or_(offers_grades(), picked.url.is_not(None)))
        .order_by(CourseKey.id)
    )  # fmt: skip


def _handed_in(event: ObjectiveMoved, column: Any) -> Any:
    """Of the newest attempt that was handed in for this objective; one that is being accepted waits still."""
    return (
        select(column)
        .where(
            Submission.objective_id == event.objective, Submission.member_id == event.member,
            Submission.state.in_(("waiting", "accepted")),
        )
        .order_by(Submission.attempt.desc())
        .limit(1)
        .scalar_subquery()
    )  # fmt: skip


def _write(
    column: str, person: str, given: int, maximum: int, last: tuple[str | None, datetime | None],
    evidence: dict[str, datetime],
) -> None:  # fmt: skip
    """`last` is the score's row as it stands, and its timestamp."""
    score, moved_at = last
    said = rewritten(given, maximum, moved_at, clock.now()) | evidence
    if score is None:
        db.session.add(Score(line_item_id=column, person_id=person, state="waiting", **said))
        db.session.flush()
        return
    changed = update(Score).where(Score.id == score).values(**said, state=waiting_again())
    db.session.execute(changed.execution_options(synchronize_session=False))
