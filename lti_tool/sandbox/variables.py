"""Custom parameters: what a tool or a link asked for, with its variables filled in (LTI 1.3 core, appendix D)."""

import json
from collections.abc import Mapping
from urllib.parse import quote

from lti_tool.sandbox.world import Course, Person, Placement


def resolve(
    asked: Mapping[str, str],
    person: Person,
    course: Course | None,
    placement: Placement | None,
    shared: Mapping[str, str],
) -> dict[str, str]:
    """The values. A variable that is unknown here, or has no value, comes through as its own name (core, 5.4.6.1).

    `shared` are the personal claims that this tool is told: variables say no more than they do.
    """
    known = _values(person, course, placement, shared)
    return {name: known.get(value, value) for name, value in asked.items()}


VARIABLES = (
    "Context.id",
    "Context.id.history",
    "Context.label",
    "Context.title",
    "CourseSection.timeFrame.end",
    "Person.email.primary",
    "Person.name.full",
    "ResourceLink.id",
    "ResourceLink.id.history",
    "ResourceLink.title",
    "User.id",
)


def _sections(person: Person, course: Course) -> str | None:
    """As Canvas writes them: a JSON array in a text."""
    enrolment = course.enrolments.get(person.key)
    return json.dumps(list(enrolment.sections)) if enrolment is not None and enrolment.sections else None


def _history(ids: tuple[str, ...]) -> str | None:
    """URL-encoded, the most recent copy first (appendix D)."""
    return ",".join(quote(one, safe="") for one in ids) or None


def _values(
    person: Person, course: Course | None, placement: Placement | None, shared: Mapping[str, str]
) -> dict[str, str]:
    values: dict[str, str | None] = {
        "$User.id": person.sub,
        "$Person.name.full": shared.get("name"),
        "$Person.email.primary": shared.get("email"),
    }
    if course is not None:
        values |= {
            "$Context.id": course.context_id,
            "$com.instructure.User.sectionNames": _sections(person, course),
            "$Context.id.history": _history(course.history),
            "$Context.label": course.label,
            "$Context.title": course.title,
            "$CourseSection.timeFrame.end": course.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if course.ends else None,
        }
    if placement is not None:
        values |= {
            "$ResourceLink.id": placement.link_id,
            "$ResourceLink.id.history": _history(placement.history),
            "$ResourceLink.title": placement.title,
        }
    return {name: value for name, value in values.items() if value is not None}
