"""A picked link opens exactly its view, and only for the course that it belongs to.

The platform signs the custom parameter but does not know what it names: it is looked up in the Space of the launching
course. A course that was copied brings its links along: what such a link names lies in the Space of an earlier course,
and it opens the copy of that which is here.
"""

from dataclasses import replace

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.claims import Launch
from lti_tool.launch.copies.origins import spaces_before, spaces_of_contexts
from lti_tool.launch.courses import space_of_visit
from lti_tool.launch.deep_linking.kinds import KINDS, Kind
from lti_tool.launch.deep_linking.view import PARAMETER, View, read_view
from lti_tool.launch.model import CourseKey, VisitRow
from lti_tool.people.visit import Role
from lti_tool.spaces.space import space_facts

ELSEWHERE, EARLIER, CLOSED = "link/elsewhere", "link/earlier", "link/closed"
_INSIDE = (Role.STAFF, Role.DESIGNER, Role.MEMBER)


def page_of_link(launch: Launch, visit_id: str) -> str:
    """The page below the visit's path that the link of this launch names; "" is the start, which explains the rest."""
    said = launch.custom.get(PARAMETER)
    if said is None or launch.context is None or launch.standing.role not in _INSIDE:
        return ""
    view = read_view(said)
    kind = KINDS.get(view.kind) if view else None
    if view is None or kind is None or bool(view.ref) != (kind.space_of is not None):
        return ELSEWHERE
    space = space_of_visit(visit_id)
    if space is None:
        return ""  # whatever it names: the start page says what comes first
    if kind.space_of is None:
        return _page(kind, view, space, launch)
    here = kind.here(view.ref, space)
    if here is not None:
        return _page(kind, replace(view, ref=here), space, launch)
    return EARLIER if kind.space_of(view.ref) in _spaces_before(launch, visit_id) else ELSEWHERE


def _page(kind: Kind, view: View, space: str, launch: Launch) -> str:
    facts = space_facts(space)
    if facts is None or (launch.standing.role is Role.MEMBER and not kind.is_open(facts)):
        return CLOSED
    return kind.page(view.ref)


def _spaces_before(launch: Launch, visit_id: str) -> set[str]:
    """The Spaces of the courses that this one was copied from, as is known and as this very launch says."""
    course = db.session.scalar(
        select(CourseKey).join(VisitRow, VisitRow.course_id == CourseKey.id).where(VisitRow.id == visit_id)
    )
    if course is None:
        return set()
    return {*spaces_before(course), *spaces_of_contexts(course.deployment_id, launch.context_history)}
