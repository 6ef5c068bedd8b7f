"""Where a column lives at the LMS: known, found by what it stands for, or made, with the name and the maximum that it
should have.

Nothing here is called inside a transaction, but for the notes that it keeps.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from lti_tool.db import db, transaction
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.inherited import Book, Heir, inherited
from lti_tool.launch.gradebook.losing import GONE, is_gone
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.logs import log


@dataclass(frozen=True)
class Column:
    """The column as the run found it. `wanted` and `name` are the maximum and the label that it should have, `label`
    is the one that we gave it last. `by_choice`: it is ours to make, though it is that of one objective.
    """

    row: str
    resource: str
    tag: str
    label: str
    url: str | None
    maximum: int | None
    wanted: int
    name: str
    by_choice: bool

    @property
    def is_picked(self) -> bool:
        """Is it that of one objective, which the LMS made with a picked link?"""
        return self.tag == COLUMN_TAG and not self.by_choice

    @property
    def is_to_be_renamed(self) -> bool:
        return self.url is not None and self.label != self.name


@dataclass(frozen=True)
class Place:
    """Where scores go. `is_new`: the column was made a moment ago, so it holds no grade of anybody."""

    url: str
    is_new: bool = False


def place_at_lms(course: Course, column: Column) -> Place:
    """The address of the column, found or made when it is not known, with the name and maximum that it should have.

    A column that is found stays as it is, and one that is a link's own too: scores carry their own maximum. That of
    one objective was made with its points, and follows them while nobody has given it another maximum.
    """
    if column.url is None:
        return _found_or_made(course, column)
    if course.way is rules.Way.OWN and column.url != course.line_item:
        has_another_whole = column.maximum not in (None, column.wanted)
        if has_another_whole or column.is_to_be_renamed:
            _change(course, column.url, column)
    if (column.name, column.wanted) != (column.label, column.maximum):
        keep(column.row, label=column.name, maximum=column.wanted)
    return Place(column.url)


def keep(row: str, **values: Any) -> None:
    with transaction():
        kept = update(LineItem).where(LineItem.id == row).values(**values)
        db.session.execute(kept.execution_options(synchronize_session=False))


def _found_or_made(course: Course, column: Column) -> Place:
    """An earlier run may have died between making and keeping it, and a copied course may bring it: first we look."""
    if course.way is rules.Way.COUPLED:
        keep(column.row, url=course.address, maximum=column.wanted, label=column.name)
        return Place(course.address)
    at_lms, scope = columns.Columns(course.connector, course.address), rules.MAKE
    if course.way is rules.Way.FOUND:
        scope = rules.FIND
    item = at_lms.find(column.resource, scope=scope, tag=column.tag)
    if item is None:
        book = Book(course.id, course.connector, course.address, scope, may_change=course.way is rules.Way.OWN)
        item = inherited(book, Heir(column.resource, column.tag, column.name))
    is_new = item is None
    if item is None:
        if column.is_picked or course.way is rules.Way.FOUND:
            raise ServiceRefused("column_missing")
        item = at_lms.make(column.resource, label=column.name, maximum=column.wanted, tag=column.tag)
        log.info("column_made", course=course.id)
    place = Place(columns.address_of(item), is_new)
    there = column.name if is_new else columns.label_of(item)
    keep(column.row, url=place.url, maximum=column.wanted, label=column.name, label_there=there)
    return place


def _change(course: Course, url: str, column: Column) -> None:
    """Scores carry their own maximum, so an LMS that refuses this changes nothing of what they mean."""
    try:
        kept = columns.look_at(course.connector, url)
        changes = _changes(column, kept)
        if changes:
            columns.put_back(course.connector, url, kept, changes)
    except ServiceRefused as refused:
        if is_gone(course, url, refused):
            raise ServiceRefused(GONE, refused.said) from None
        if refused.may_pass:
            raise
        log.warning("column_not_changed", course=course.id, code=refused.code)
    else:
        keep(column.row, label_there=changes.get("label") or columns.label_of(kept))


def _changes(column: Column, kept: dict[str, Any]) -> dict[str, Any]:
    """What of the column is to be another, as long as it is still as we left it: a teacher's own word stays."""
    changes: dict[str, Any] = {}
    is_as_we_made_it = column.tag != COLUMN_TAG or kept.get("scoreMaximum") == column.maximum
    if column.maximum not in (None, column.wanted) and is_as_we_made_it:
        changes["scoreMaximum"] = column.wanted
    if column.is_to_be_renamed and columns.label_of(kept) == column.label:
        changes["label"] = column.name
    return changes
