"""Valid launches, played: each must arrive at a page that helps, and the tool must have recorded what it saw."""

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.messages import C
from lti_tool.launch.model import Identity, VisitRow
from lti_tool.launch.selftest.cases import Valid
from lti_tool.launch.selftest.door import Door, told, visit_of
from lti_tool.launch.selftest.lms import Person
from lti_tool.launch.selftest.record import Mismatch, Trace
from lti_tool.launch.selftest.refusing import COURSE
from lti_tool.words import to_say

_SENT = Sentence(to_say("a good launch of somebody new, %(how)s"))
_RECORDED = Sentence(to_say("%(page)s, recorded as %(role)s"), role=r"\w+")
_IN_COURSE = Sentence(to_say("%(page)s, recorded as %(role)s in the course"), role=r"\w+")
_IN_NO_COURSE = Sentence(to_say("%(page)s, recorded as %(role)s in no course"), role=r"\w+")
_ANOTHER = Sentence(to_say("%(page)s, but taken for another person"))


def play_valid(door: Door, case: Valid, trace: Trace) -> str:
    """Open the tool as somebody who was never here. Answers what was seen, or raises `Mismatch`."""
    trace.sent = _SENT(how=case.name.split(" ", 2)[2])
    roles = case.claims[C + "roles"]
    person = Person(f"new-{case.id.lower()}", "Nell", f"Newcomer {case.id}", roles[0] if roles else "")
    page = door.open(door.browser(trace), person, COURSE, case.claims)
    role, in_course, sub = _recorded(visit_of(page) or "")
    trace.note("recorded", role=role, in_course=in_course)
    if (role, in_course) != (case.role, case.in_course):
        recorded = _IN_COURSE if in_course else _IN_NO_COURSE
        raise Mismatch(recorded(page=told(page), role=role))
    if sub != [person.sub]:
        raise Mismatch(_ANOTHER(page=told(page)))
    return _RECORDED(page=told(page), role=role)


def _recorded(visit_id: str) -> tuple[str, bool, list[str]]:
    """What the tool wrote down of a visit: the role, whether in a course, and who is known as its person."""
    db.session.rollback()
    visit = db.session.get(VisitRow, visit_id)
    if visit is None:
        raise Mismatch(to_say("no visit was recorded"))
    subs = list(db.session.scalars(select(Identity.sub).where(Identity.person_id == visit.person_id)))
    role, in_course = visit.role, visit.course_id is not None
    db.session.rollback()
    return role, in_course, subs
