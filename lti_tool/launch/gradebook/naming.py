"""What columns are called: as the Space and its objectives are, while they bear the name that we gave.

A teacher may call a column otherwise in the LMS; then it keeps that name (decision 48).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, func, or_

from lti_tool.db import db
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.reaching import courses_with_columns
from lti_tool.launch.gradebook.rules import LABEL_LENGTH, Shows, label_of
from lti_tool.spaces.model import Objective, Space


def courses_with_other_names() -> Sequence[str]:
    """Courses where a column that is in the LMS was named when its Space or objective was called otherwise."""
    query = (
        courses_with_columns()
        .outerjoin(Objective, and_(Objective.id == LineItem.resource_id, LineItem.tag == COLUMN_TAG))
        .where(or_(LineItem.resource_id == Space.id, Objective.id.is_not(None)), LineItem.label != _wanted())
    )
    return db.session.scalars(query).all()


def _wanted() -> Any:
    """`label_of` and `objective_label`, for a query."""
    of_space = case(
        (LineItem.shows == Shows.POINTS, _label_of(Shows.POINTS)), else_=_label_of(Shows.COMPLETED)
    )  # fmt: skip
    return case((LineItem.tag == COLUMN_TAG, func.substr(Objective.title, 1, LABEL_LENGTH)), else_=of_space)


def _label_of(shows: Shows) -> Any:
    ending = label_of("", shows)
    return func.substr(Space.name, 1, LABEL_LENGTH - len(ending)).concat(ending)
