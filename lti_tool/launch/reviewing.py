"""Submission review: from a cell of the LMS's gradebook to what that learner has done here. (AGS 2.0, section 3.3.)

The LMS names the learner and the column; whether the viewer may look is asked of the viewer's own role.
"""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.claims import Launch
from lti_tool.launch.courses import space_of_visit
from lti_tool.launch.deep_linking.view import PARAMETER, read_view
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Member
from lti_tool.spaces.objective_reads import space_of_objective

NOBODY = "link/nobody"


def page_of_review(launch: Launch, visit_id: str) -> str:
    """The page below the visit's path; "" is the start, which explains why there is nothing to review."""
    space, role = space_of_visit(visit_id), launch.standing.role
    if space is None or role not in (Role.STAFF, Role.MEMBER):
        return ""
    objective = _objective(launch, visit_id, space)
    if role is Role.MEMBER:
        own = f"objectives/{objective}" if objective else ""
        return own if launch.for_user == launch.sub else NOBODY
    learner = _learner(launch, visit_id, space)
    if learner is None:
        return NOBODY
    return f"progress/{learner}/{objective}" if objective else f"progress/{learner}"


def _learner(launch: Launch, visit_id: str, space: str) -> str | None:
    """The member of this Space whom the platform knows by `for_user`."""
    return db.session.scalar(
        select(Member.id)
        .join(Identity, Identity.person_id == Member.person_id)
        .join(VisitRow, VisitRow.registration_id == Identity.registration_id)
        .where(
            VisitRow.id == visit_id, Identity.sub == launch.for_user, Member.space_id == space,
            Member.role == "member", Member.status != "preview",
        )
    )  # fmt: skip


def _objective(launch: Launch, visit_id: str, space: str) -> str | None:
    """The objective that the column stands for: as its link says, or as we made it. One of another Space is none."""
    view = read_view(launch.custom.get(PARAMETER, ""))
    named = view.ref if view and view.kind == "objective" else _of_column(launch, visit_id)
    return named if named and space_of_objective(named) == space else None


def _of_column(launch: Launch, visit_id: str) -> str | None:
    column = launch.grades.line_item if launch.grades else None
    if column is None:
        return None
    return db.session.scalar(
        select(LineItem.resource_id)
        .join(VisitRow, VisitRow.course_id == LineItem.course_id)
        .where(VisitRow.id == visit_id, LineItem.url == column)
    )
