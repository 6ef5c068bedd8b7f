"""A column for each objective of the Space, where staff have chosen so: rows first, columns when there is a score.

The LMS makes the column of an objective that was picked with one (`picked.py`); these are ours to make.
"""

from sqlalchemy import and_, func, select, update

from lti_tool import clock
from lti_tool.db import db, insert_into, new_id
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.rules import Shows, objective_label, worth
from lti_tool.spaces.model import Objective


def add_columns(course: str, space: str) -> None:
    """A row for each objective that has none yet. Inside a transaction."""
    kept = and_(LineItem.course_id == course, LineItem.resource_id == Objective.id)
    missing = (
        select(Objective.id, Objective.title, Objective.points)
        .outerjoin(LineItem, kept)
        .where(Objective.space_id == space, Objective.archived_at.is_(None), LineItem.id.is_(None))
        .order_by(Objective.position)
    )
    for objective, title, points in db.session.execute(missing).all():
        fresh = insert_into(LineItem).values(
            id=new_id(), course_id=course, resource_id=objective, tag=COLUMN_TAG, label=objective_label(title),
            maximum=worth(points), shows=Shows.COMPLETED, by_choice=True, is_off=False, created_at=clock.now(),
        )  # fmt: skip
        db.session.execute(fresh.on_conflict_do_nothing(index_elements=["course_id", "resource_id"]))


def has_a_column_each(course: str, space: str) -> bool:
    """Have staff chosen that every objective has a column of its own?"""
    chosen = select(func.count()).select_from(LineItem).where(
        LineItem.course_id == course, LineItem.resource_id == space, LineItem.shows == Shows.OBJECTIVES
    )  # fmt: skip
    return bool(db.session.scalar(chosen))


def turn_columns(course: str, *, on: bool) -> None:
    """The columns that are there by that choice are written into, or left as they are. Inside a transaction."""
    those = update(LineItem).where(LineItem.course_id == course, LineItem.by_choice)
    db.session.execute(those.values(is_off=not on).execution_options(synchronize_session=False))
