"""A whole course at once: scores that no single move has written, and scores that are asked for again.

Somebody found their open place, the LMS began to take grades, an objective was added: then the standings in the Space
and the scores differ, and the Space is what counts.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Select, Table, and_, bindparam, case, func, insert, or_, select, update

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.jobs import enqueue
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.graded import IS_LEARNER
from lti_tool.launch.gradebook.model import LineItem, Score
from lti_tool.launch.gradebook.moving import (
    SETTLE,
    ask_to_send,
    column_of,
    objectives_of,
    offers_grades,
    points_of,
    rewritten,
    takes_scores,
    waiting_again,
)
from lti_tool.launch.gradebook.naming import courses_with_other_names
from lti_tool.launch.gradebook.objective_columns import add_columns
from lti_tool.launch.gradebook.resting import wake_for_somebody_new
from lti_tool.launch.gradebook.rules import Shows, next_moment, worth
from lti_tool.launch.gradebook.sendable import columns_with_somebody_new, courses_with_something_to_send
from lti_tool.launch.model import CourseKey
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.snapshot import chunks
from lti_tool.spaces.standings import hold_space

_SCORE = cast(Table, Score.__table__)


def settle_course(arguments: Mapping[str, Any]) -> None:
    """The job: bring the scores of a course in line with its Space, then have sent what waits."""
    with transaction():
        settle(str(arguments["course"]))
        ask_to_send(str(arguments["course"]))


def settle(course_id: str) -> int:
    """The same inside a transaction. Answers how many scores say something new."""
    course = db.session.get(CourseKey, course_id)
    if course is None or course.space_id is None:
        return 0
    hold_space(course.space_id)
    own = _column(course.id, course.space_id)
    if own is not None and own.shows == Shows.OBJECTIVES:
        add_columns(course.id, course.space_id)
    return _settle_space(course, course.space_id, own) + _settle_picked(course, course.space_id)


def _settle_space(course: CourseKey, space: str, column: LineItem | None) -> int:
    if not takes_scores(course) or (column is not None and column.is_off):
        return 0
    counts_points = column is not None and column.shows == Shows.POINTS
    whole = max(db.session.scalar(select(points_of(space) if counts_points else objectives_of(space))) or 0, 1)
    given = _points() if counts_points else Member.completed
    rows = db.session.execute(_differing(space, column.id if column else None, given, whole)).all()
    if rows:
        _rewrite(column.id if column else column_of(course.id, space), rows, whole)
    return len(rows)


def _settle_picked(course: CourseKey, space: str) -> int:
    """The columns of picked objectives: also whoever was done before there was one."""
    picked = (
        select(LineItem.id, LineItem.url, Objective.id.label("objective"), Objective.points)
        .join(Objective, and_(Objective.id == LineItem.resource_id, Objective.space_id == space))
        .where(LineItem.course_id == course.id, LineItem.tag == COLUMN_TAG, LineItem.is_off.is_(False))
    )
    changed = 0
    for column in db.session.execute(picked).all():
        if takes_scores(course, column.url):
            rows = db.session.execute(_differing_in(column.objective, space, column.id)).all()
            _rewrite(column.id, rows, worth(column.points))
            changed += len(rows)
    return changed


def ask_again(column: LineItem, *, everybody: bool) -> None:
    """Refused scores, or all of them but the grades that stay, wait again under a new timestamp. Inside a transaction
    that holds the Space.
    """
    asked = select(Score.id, Score.moved_at).where(Score.line_item_id == column.id)
    those = asked.where(Score.state != "kept") if everybody else asked.where(Score.state == "refused")
    wait_again(db.session.execute(those).all())


def wait_again(rows: Iterable[Any]) -> None:
    """These scores (id, moved_at) wait to be sent under a new timestamp."""
    now = clock.now()
    again = update(_SCORE).where(_SCORE.c.id == bindparam("of")).values(
        state="waiting", problem=None, problem_said=None, drift=None, moved_at=bindparam("moved")
    )  # fmt: skip
    those = sorted(rows, key=lambda row: str(row.id))  # see `Score`
    _many(again, ({"of": row.id, "moved": next_moment(row.moved_at, now)} for row in those))


def await_again(course_id: str, row: str) -> None:
    """The column of a picked objective is gone with its link. Should it come back, everybody's scores go there. Inside
    a transaction.
    """
    hold_space(str(db.session.get_one(CourseKey, course_id).space_id))
    column = db.session.get_one(LineItem, row, populate_existing=True)
    ask_again(column, everybody=True)
    column.url = None


def sweep() -> None:
    """What no job was told of: courses whose scores differ from the Space, and scores that wait. On the schedule.

    Each in a transaction of its own, for whoever asks for a job holds it to the end, and two who ask for several could
    wait for each other.
    """
    differing = {one.id for one in db.session.execute(_differing_courses()) if takes_scores(one)}
    differing |= {one.id for one in db.session.execute(_differing_picked()) if takes_scores(one, one.url)}
    for column in columns_with_somebody_new():
        with transaction():
            wake_for_somebody_new(column)
    unsent = {*courses_with_something_to_send(), *courses_with_other_names()}
    for ask, courses in ((_ask_to_settle, differing), (ask_to_send, unsent)):
        for course in sorted(courses):
            with transaction():
                ask(course)


def _ask_to_settle(course: str) -> None:
    enqueue(SETTLE, {"course": course}, key=f"{SETTLE}:{course}")


def _column(course: str, space: str) -> LineItem | None:
    return db.session.scalar(select(LineItem).where(LineItem.course_id == course, LineItem.resource_id == space))


def _points() -> Any:
    """A member's points, which an objective that was taken back after it lost its points may leave below nought."""
    return case((Member.points > 0, Member.points), else_=0)


def _differing(space: str, column: str | None, given: Any, whole: int) -> Select[*tuple[Any, ...]]:
    """Learners whose score is missing or says something else than the Space."""
    return (
        select(Member.person_id, given.label("completed"), Score.id, Score.moved_at)
        .outerjoin(Score, and_(Score.line_item_id == column, Score.person_id == Member.person_id))
        .where(Member.space_id == space, IS_LEARNER, _differs(given, whole))
    )


def _differs(given: Any, whole: Any) -> Any:
    missing = and_(Score.id.is_(None), given > 0)
    return or_(missing, Score.given != given, Score.maximum != whole)


def _differing_in(objective: str, space: str, column: str) -> Select[*tuple[Any, ...]]:
    """The same for the column of one objective."""
    return (
        select(Member.person_id, _given().label("completed"), Score.id, Score.moved_at)
        .join(Objective, Objective.space_id == Member.space_id)
        .outerjoin(Completion, and_(Completion.objective_id == Objective.id, Completion.member_id == Member.id))
        .outerjoin(Score, and_(Score.line_item_id == column, Score.person_id == Member.person_id))
        .where(Member.space_id == space, Objective.id == objective, IS_LEARNER, _differs_in_picked())
    )


def _worth() -> Any:
    """`rules.worth`, for a query."""
    return case((Objective.points > 0, Objective.points), else_=1)


def _given() -> Any:
    return case((Completion.state == "complete", _worth()), else_=0)


def _differs_in_picked() -> Any:
    missing = and_(Score.id.is_(None), Completion.state == "complete")
    return or_(missing, Score.given != _given(), Score.maximum != _worth())


def _differing_courses() -> Select[*tuple[Any, ...]]:
    """Courses of Spaces that go on, where at least one score differs."""
    counts_points = LineItem.shows == Shows.POINTS
    given = case((counts_points, _points()), else_=Member.completed)
    whole = case((counts_points, points_of(CourseKey.space_id)), else_=objectives_of(CourseKey.space_id))
    whole = case((whole > 0, whole), else_=1)
    differing = (
        select(CourseKey.id)
        .join(Space, and_(Space.id == CourseKey.space_id, Space.archived_at.is_(None)))
        .join(Member, Member.space_id == Space.id)
        .outerjoin(LineItem, and_(LineItem.course_id == CourseKey.id, LineItem.resource_id == Space.id))
        .outerjoin(Score, and_(Score.line_item_id == LineItem.id, Score.person_id == Member.person_id))
        .where(offers_grades(), func.coalesce(LineItem.is_off, False).is_(False), IS_LEARNER, _differs(given, whole))
    )
    said = (CourseKey.id, CourseKey.grade_scopes, CourseKey.line_items_url, CourseKey.line_item_url)
    return select(*said).where(CourseKey.id.in_(differing))


def _differing_picked() -> Select[*tuple[Any, ...]]:
    """The same for the columns of picked objectives."""
    differing = (
        select(LineItem.id)
        .join(Objective, Objective.id == LineItem.resource_id)
        .join(Space, and_(Space.id == Objective.space_id, Space.archived_at.is_(None)))
        .join(Member, Member.space_id == Space.id)
        .outerjoin(Completion, and_(Completion.objective_id == Objective.id, Completion.member_id == Member.id))
        .outerjoin(Score, and_(Score.line_item_id == LineItem.id, Score.person_id == Member.person_id))
        .where(LineItem.tag == COLUMN_TAG, LineItem.is_off.is_(False), IS_LEARNER, _differs_in_picked())
    )
    said = (CourseKey.id, CourseKey.grade_scopes, CourseKey.line_items_url, CourseKey.line_item_url, LineItem.url)
    return select(*said).join(LineItem, LineItem.course_id == CourseKey.id).where(LineItem.id.in_(differing))


def _rewrite(column: str, rows: Iterable[Any], maximum: int) -> None:
    now = clock.now()
    known, fresh = [], []
    names: tuple[str, ...] = ()
    for row in rows:
        said = rewritten(row.completed, maximum, row.moved_at, now)
        names = tuple(said)
        if row.id is None:
            one = {"id": new_id(), "line_item_id": column, "person_id": row.person_id, "state": "waiting"}
            fresh.append(one | said)
        else:
            known.append({"of": row.id, **{f"new_{name}": value for name, value in said.items()}})
    changed = update(_SCORE).where(_SCORE.c.id == bindparam("of"))
    known.sort(key=lambda one: str(one["of"]))  # see `Score`
    _many(changed.values({name: bindparam(f"new_{name}") for name in names} | {"state": waiting_again()}), known)
    _many(insert(_SCORE), fresh)


def _many(statement: Any, rows: Iterable[dict[str, Any]]) -> None:
    for chunk in chunks(rows):
        db.session.connection().execute(statement, chunk)
