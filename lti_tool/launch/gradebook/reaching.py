"""The columns of one course, and the way into each, as a job finds them."""

from typing import Any

from sqlalchemy import Select, and_, or_, select

from lti_tool.db import db
from lti_tool.launch.deep_linking.response import COLUMN_TAG
from lti_tool.launch.gradebook import rules
from lti_tool.launch.gradebook.handing_in import Course
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.gradebook.moving import objectives_of, points_of
from lti_tool.launch.gradebook.placing import Column
from lti_tool.launch.gradebook.resting import is_awake
from lti_tool.launch.gradebook.rules import Shows, label_of, objective_label, worth
from lti_tool.launch.library import StrictRegistration
from lti_tool.launch.model import CourseKey, Deployment, Registration
from lti_tool.launch.profiles import profile_named
from lti_tool.launch.services import SafeServiceConnector
from lti_tool.launch.two_clocks import bounded
from lti_tool.spaces.model import Objective, Space


def courses_reached(course_id: str) -> list[tuple[Course, Column]]:
    """Each column of the course that may be written into now. One that the LMS broke over comes last, so that it holds
    back no other.
    """
    found = db.session.execute(_columns(course_id)).all()
    return [(course, _column(row)) for row in found if (course := _course(row)) is not None]


def courses_with_columns() -> Select[str]:
    """Courses that are on and have a column in the LMS with which all is well, each once."""
    return (
        select(CourseKey.id)
        .join(LineItem, LineItem.course_id == CourseKey.id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Space, Space.id == CourseKey.space_id)
        .where(
            LineItem.url.is_not(None), LineItem.is_off.is_(False), LineItem.problem.is_(None),
            Registration.switched_off_at.is_(None), Deployment.status == "active",
        )
        .distinct()
    )  # fmt: skip


def _columns(course_id: str) -> Select[*tuple[Any, ...]]:
    """The columns of a course that is on: the Space's, and those of single objectives."""
    return (
        select(
            LineItem, CourseKey, Deployment, Registration, objectives_of(CourseKey.space_id).label("objectives"),
            points_of(CourseKey.space_id).label("all_points"), Objective.points, Objective.title, Space.name,
        )
        .join(CourseKey, CourseKey.id == LineItem.course_id)
        .join(Deployment, Deployment.id == CourseKey.deployment_id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .join(Space, Space.id == CourseKey.space_id)
        .outerjoin(Objective, and_(Objective.id == LineItem.resource_id, LineItem.tag == COLUMN_TAG))
        .where(
            CourseKey.id == course_id, or_(LineItem.resource_id == CourseKey.space_id, Objective.id.is_not(None)),
            LineItem.is_off.is_(False), is_awake(), Registration.switched_off_at.is_(None),
            Deployment.status == "active",
        )
        .order_by(LineItem.troubled_since.is_not(None), LineItem.created_at, LineItem.id)
    )  # fmt: skip


def _column(row: Any) -> Column:
    item = row.LineItem
    if row.points is not None:
        wanted, name = worth(row.points), objective_label(row.title)
    else:
        whole = row.all_points if item.shows == Shows.POINTS else row.objectives
        wanted, name = max(whole, 1), label_of(row.name, item.shows)
    return Column(
        item.id, item.resource_id, item.tag, item.label, item.url, item.maximum, wanted, name, item.by_choice
    )  # fmt: skip


def _course(row: Any) -> Course | None:
    """The way into this column: that of a picked objective is the LMS's own, whichever address we know of it."""
    key, registration = row.CourseKey, row.Registration
    own = key.line_item_url if row.points is None else row.LineItem.url
    way = rules.way_of(key.grade_scopes, line_items=key.line_items_url, line_item=own)
    if way is None:
        return None
    address = str(own if way is rules.Way.COUPLED else key.line_items_url)
    connector = SafeServiceConnector(
        StrictRegistration(registration), deployment_id=row.Deployment.deployment_id, service_url=address
    )
    scopes, profile = frozenset(key.grade_scopes), profile_named(registration.profile)
    skew = bounded(registration.clock_skew)
    return Course(key.id, registration.id, way, address, key.line_item_url, scopes, connector, profile, skew)
