"""Valid launches, played: each must arrive at a page that helps, and the tool must have recorded what it saw."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.messages import C
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.launch.selftest.cases import Valid
from lti_tool.launch.selftest.door import Door, told, visit_of
from lti_tool.launch.selftest.lms import Person
from lti_tool.launch.selftest.record import Mismatch, Trace
from lti_tool.launch.selftest.refusing import COURSE


def play_valid(door: Door, case: Valid, trace: Trace) -> str:
    """Open the tool as somebody who was never here. Answers what was seen, or raises `Mismatch`."""
    trace.sent = "a good launch of somebody new, " + case.name.split(" ", 2)[2]
    roles = case.claims[C + "roles"]
    person = Person(f"new-{case.id.lower()}", "Nell", f"Newcomer {case.id}", roles[0] if roles else "")
    page = door.open(door.browser(trace), person, COURSE, case.claims)
    role, in_course, sub = _recorded(visit_of(page) or "")
    trace.note("recorded", role=role, in_course=in_course)
    if (role, in_course) != (case.role, case.in_course):
        raise Mismatch(f"{told(page)}, recorded as {role} in {'the course' if in_course else 'no course'}")
    if sub != [person.sub]:
        raise Mismatch(f"{told(page)}, but taken for another person")
    return f"{told(page)}, recorded as {role}"


def _recorded(visit_id: str) -> tuple[str, bool, list[str]]:
    """What the tool wrote down of a visit: the role, whether in a course, and who is known as its person."""
    db.session.rollback()
    visit = db.session.get(VisitRow, visit_id)
    if visit is None:
        raise Mismatch("no visit was recorded")
    subs = list(db.session.scalars(select(Identity.sub).where(Identity.person_id == visit.person_id)))
    role, in_course = visit.role, visit.course_id is not None
    db.session.rollback()
    return role, in_course, subs
