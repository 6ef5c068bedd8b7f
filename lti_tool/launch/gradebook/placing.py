"""Where a column lives at the LMS: known, found by what it stands for, or made, with the maximum that it should have.

Nothing here is called inside a transaction, but for the notes that it keeps.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log


@dataclass(frozen=True)
class Column:
    """The column as the run found it. `wanted` is the maximum that it should have."""

    row: str
    resource: str
    tag: str
    label: str
    url: str | None
    maximum: int | None
    wanted: int

    @property
    def is_picked(self) -> bool:
        """Is it that of one objective, which the LMS made with a picked link?"""
        return self.tag == COLUMN_TAG


def address_at_lms(course: Course, column: Column) -> str:
    """The address of the column, found or made when it is not known, with the maximum that it should have.

    A column that is found stays as it is, and one that is a link's own too: scores carry their own maximum. That of a
    picked objective was made with its points, and follows them while nobody has given it another maximum.
    """
    url, maximum = column.url, column.maximum
    if url is None:
        url = _found_or_made(course, column)
    elif course.way is rules.Way.OWN and maximum not in (None, column.wanted) and url != course.line_item:
        _change_maximum(course, url, column)
    if (url, column.wanted) != (column.url, maximum):
        keep(column.row, url=url, maximum=column.wanted)
    return url


def keep(row: str, **values: Any) -> None:
    with transaction():
        kept = update(LineItem).where(LineItem.id == row).values(**values)
        db.session.execute(kept.execution_options(synchronize_session=False))


def _found_or_made(course: Course, column: Column) -> str:
    """An earlier run may have died between making and keeping it, and a copied course may bring it: first we look."""
    if course.way is rules.Way.COUPLED:
        return course.address
    at_lms, scope = columns.Columns(course.connector, course.address), rules.MAKE
    if course.way is rules.Way.FOUND:
        scope = rules.FIND
    found = at_lms.find(column.resource, scope=scope, tag=column.tag)
    if found is not None:
        return columns.address_of(found)
    if column.is_picked or course.way is rules.Way.FOUND:
        raise ServiceRefused("column_missing")
    made = at_lms.make(column.resource, label=column.label, maximum=column.wanted)
    log.info("column_made", course=course.id)
    return columns.address_of(made)


def _change_maximum(course: Course, url: str, column: Column) -> None:
    """Scores carry their own maximum, so an LMS that refuses this one changes nothing of what they mean."""
    only = column.maximum if column.is_picked else None
    try:
        columns.change_maximum(course.connector, url, column.wanted, instead_of=only)
    except ServiceRefused as refused:
        if refused.status in (404, 410):
            raise ServiceRefused("column_gone", refused.said) from None
        if refused.may_pass:
            raise
        log.warning("column_not_changed", course=course.id, code=refused.code)
