"""Custom parameters: what a tool or a link asked for, with its variables filled in (LTI 1.3 core, appendix D)."""

from collections.abc import Mapping

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
    "ResourceLink.title",
    "User.id",
)


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
            "$Context.id.history": ",".join(course.history) if course.history else None,
            "$Context.label": course.label,
            "$Context.title": course.title,
            "$CourseSection.timeFrame.end": course.ends.strftime("%Y-%m-%dT%H:%M:%SZ") if course.ends else None,
        }
    if placement is not None:
        values |= {"$ResourceLink.id": placement.link_id, "$ResourceLink.title": placement.title}
    return {name: value for name, value in values.items() if value is not None}
