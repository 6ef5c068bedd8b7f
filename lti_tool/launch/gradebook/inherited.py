"""Columns that came along with a copied course: they are taken over, so that none is doubled.

The platform copied them with their tag and `resourceId`, which still name the earlier Space or its objective. From then
on they name ours; where the platform does not let us say so, we fill them all the same. Nobody's score came along.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lti_tool.db import db, transaction
from lti_tool.jobs import RetryLater, enqueue
from lti_tool.launch.copies.origins import is_copy, spaces_before
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import columns, rules
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import SETTLE
from lti_tool.launch.gradebook.picked import keep_picked
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.service_refusals import ServiceRefused
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.logs import log
from lti_tool.spaces.events import SpaceCreated
from lti_tool.spaces.lineage import objective_here
from lti_tool.spaces.model import Objective

INHERIT = "gradebook.inherit"
_WAIT = 60.0


@dataclass(frozen=True)
class Book:
    """The columns of a course, as far as we may go there: `scope` reads them, `may_change` lets us rename them."""

    course: str
    connector: SafeServiceConnector
    line_items: str
    scope: str
    may_change: bool


@dataclass(frozen=True)
class Heir:
    """The column of ours that may have an older one: what it stands for, and how it is called."""

    resource: str
    tag: str
    label: str


def tagged(book: Book, tag: str) -> Iterator[dict[str, Any]]:
    """Every column of the course with this tag; platforms may drop the filter, so it is applied again here.

    Raises `ServiceRefused`, also for a list that leads back into itself.
    """
    first = rules.asking(book.line_items, tag=tag)
    for page in columns.pages(book.connector, book.scope, first, columns.ITEMS_TYPE):
        yield from (one for one in page if isinstance(one, dict) and one.get("tag") == tag)


def inherited(book: Book, heir: Heir) -> dict[str, Any] | None:
    """The column of the nearest earlier Space, or of the nearest objective that ours was copied from, if one came
    along. It bears our name from now on. Not called inside a transaction.
    """
    earlier = _resources_before(book.course, heir)
    if not earlier:
        return None
    found: dict[str, dict[str, Any]] = {}
    for one in tagged(book, heir.tag):
        found.setdefault(str(one.get("resourceId")), one)
    old = next((one for one in earlier if one in found), None)
    return None if old is None else _taken_over(book, found[old], heir)


def on_space_created(event: SpaceCreated) -> None:
    """Columns of single objectives may have come along, and nobody need open their links for us to find them."""
    course = db.session.get(CourseKey, event.course) if event.course else None
    if course is not None and course.line_items_url and is_copy(course):
        enqueue(INHERIT, {"course": course.id}, key=f"{INHERIT}:{course.id}")


def inherit_picked(arguments: Mapping[str, Any]) -> None:
    """The job: the columns of objectives that ours were copied from are those of ours. Raises `RetryLater`."""
    found = book_of(str(arguments["course"]))
    if found is None or found[1] is None:
        return
    book, space = found
    try:
        for item in tagged(book, COLUMN_TAG):
            _inherit(book, str(space), item)
    except ServiceRefused as refused:
        log.info("columns_not_inherited", course=book.course, code=refused.code)
        if refused.may_pass:
            raise RetryLater(max(_WAIT, refused.wait or 0.0)) from None


def book_of(course_id: str) -> tuple[Book, str | None] | None:
    """With the course's Space; None where its columns cannot be read, or nobody may be asked."""
    row = db.session.execute(
        select(CourseKey, Deployment, Registration)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(CourseKey.id == course_id, Deployment.status == "active", Registration.switched_off_at.is_(None))
    ).one_or_none()
    if row is None or row.CourseKey.line_items_url is None:
        return None
    key, deployment, registration = row
    scope = next((one for one in (rules.FIND, rules.MAKE) if one in key.grade_scopes), None)
    if scope is None:
        return None
    address = str(key.line_items_url)
    connector = SafeServiceConnector(
        StrictRegistration(registration), deployment_id=deployment.deployment_id, service_url=address
    )
    return Book(key.id, connector, address, scope, rules.MAKE in key.grade_scopes), key.space_id


def _inherit(book: Book, space: str, item: dict[str, Any]) -> None:
    said, address = str(item.get("resourceId")), columns.address_of(item)
    here = objective_here(said, space)
    objective = db.session.get(Objective, here) if here and here != said else None
    db.session.rollback()
    if objective is None:
        return
    _taken_over(book, item, Heir(objective.id, COLUMN_TAG, objective.title))
    with transaction():
        keep_picked(book.course, objective.id, objective.title, objective.points, url=address)
        enqueue(SETTLE, {"course": book.course}, key=f"{SETTLE}:{book.course}")


def _resources_before(course_id: str, heir: Heir) -> Sequence[str]:
    """What the column may have stood for, the nearest first."""
    course = db.session.get(CourseKey, course_id)
    if heir.tag == COLUMN_TAG or course is None:
        found = list(db.session.scalar(select(Objective.copied_from).where(Objective.id == heir.resource)) or ())
    else:
        found = [*spaces_before(course), *_spaces_that_went(course_id, heir.resource)]
    db.session.rollback()
    return found


def _spaces_that_went(course_id: str, resource: str) -> Sequence[str]:
    """Spaces that this very course had before: one was deleted, and another made in its place."""
    own = select(LineItem.resource_id).where(
        LineItem.course_id == course_id, LineItem.tag == rules.TAG, LineItem.resource_id != resource
    )
    return db.session.scalars(own.order_by(LineItem.id.desc())).all()


def _taken_over(book: Book, item: dict[str, Any], heir: Heir) -> dict[str, Any]:
    """The column under our `resourceId`; under our label too, while it still bears the one that we gave it."""
    changes: dict[str, Any] = {"resourceId": heir.resource}
    if columns.label_of(item) in _labels_of(str(item.get("resourceId"))):
        changes["label"] = heir.label
    log.info("column_inherited", course=book.course)
    if not book.may_change:
        return item
    try:
        columns.put_back(book.connector, columns.address_of(item), item, changes)
    except ServiceRefused as refused:
        if refused.may_pass:
            raise
        log.info("column_not_renamed", course=book.course, code=refused.code)
        return item
    return {**item, **changes}


def _labels_of(resource: str) -> set[str]:
    """How we called the earlier column, wherever it was."""
    found = set(db.session.scalars(select(LineItem.label).where(LineItem.resource_id == resource)))
    db.session.rollback()
    return found
