"""Submission review: from a cell of the LMS's gradebook to what that learner has done here. (AGS 2.0, section 3.3.)

The LMS names the learner and the column; whether the viewer may look is asked of the viewer's own role. Staff come to
the evidence that waits for them, if there is some, and else to what was decided. A mentor comes to those whom this very
launch names.
"""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.claims import Launch
from lti_tool.launch.courses import space_of_visit
from lti_tool.launch.deep_linking.view import PARAMETER, read_view
from lti_tool.launch.gradebook.model import LineItem
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.people.visit import Role
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.lineage import objective_here
from lti_tool.spaces.model import Member

NOBODY = "link/nobody"


def page_of_review(launch: Launch, visit_id: str) -> str:
    """The page below the visit's path; "" is the start, which explains why there is nothing to review."""
    space, role = space_of_visit(visit_id), launch.standing.role
    if space is None or role not in (Role.STAFF, Role.MEMBER, Role.OBSERVER):
        return ""
    if role is Role.OBSERVER:
        return _followed(launch, visit_id, space)
    objective = _objective(launch, visit_id, space)
    if role is Role.MEMBER:
        own = f"objectives/{objective}" if objective else ""
        return own if launch.for_user == launch.sub else NOBODY
    learner = _learner(launch, visit_id, space)
    if learner is None:
        return NOBODY
    waiting = _waiting(space, learner, objective)
    if waiting is not None:
        return f"review/{waiting}"
    return f"progress/{learner}/{objective}" if objective else f"progress/{learner}"


def _followed(launch: Launch, visit_id: str, space: str) -> str:
    """What the mentor may see of somebody whom the launch names as theirs, and of nobody else."""
    is_theirs = launch.standing.mentors and launch.for_user in launch.mentees
    learner = _learner(launch, visit_id, space) if is_theirs else None
    return f"following/{learner}" if learner else NOBODY


def _waiting(space: str, learner: str, objective: str | None) -> str | None:
    """The evidence of theirs that has waited longest for staff, for this objective or for any."""
    handed_in = select(Submission.id).where(
        Submission.space_id == space, Submission.member_id == learner, Submission.state == "waiting"
    )  # fmt: skip
    if objective is not None:
        handed_in = handed_in.where(Submission.objective_id == objective)
    return db.session.scalar(handed_in.order_by(Submission.submitted_at, Submission.id).limit(1))


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
    """The objective that the column stands for: as its link says, or as we made it. One of another Space is none, but
    for what was copied from it.
    """
    view = read_view(launch.custom.get(PARAMETER, ""))
    named = view.ref if view and view.kind == "objective" else _of_column(launch, visit_id)
    return objective_here(named, space) if named else None


def _of_column(launch: Launch, visit_id: str) -> str | None:
    column = launch.grades.line_item if launch.grades else None
    if column is None:
        return None
    return db.session.scalar(
        select(LineItem.resource_id)
        .join(VisitRow, VisitRow.course_id == LineItem.course_id)
        .where(VisitRow.id == visit_id, LineItem.url == column)
    )
