"""The pages of the sandbox: courses and people, a course with the tool in a frame, the gradebook."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.gradebook import LineItem, Score
from lti_tool.sandbox.platform import (
    course_or_404,
    person_or_404,
    placement_or_404,
    this_platform,
)
from lti_tool.sandbox.world import Course, Enrolment, Person

blueprint = Blueprint("pages", __name__)

_FEW = 6
_ROWS = 60


@dataclass(frozen=True)
class Group:
    """People of one role: those shown, and how many there are."""

    title: str
    people: list[Person]
    total: int


@dataclass(frozen=True)
class CourseCard:
    """A course with its people by role."""

    course: Course
    groups: list[Group]
    members: int


@dataclass(frozen=True)
class GradeRow:
    """One person's scores, in the order of the columns."""

    person: Person
    scores: list[Score | None]


def role_title(enrolment: Enrolment | None) -> str:
    """What our pages call somebody's role; without an enrolment it is an administrator's."""
    if enrolment is None:
        return "Administrator"
    titles = (
        (words.TEST_USER, "Test student"),
        (words.TEACHING_ASSISTANT, "Teaching assistant"),
        (words.INSTRUCTOR, "Teacher"),
        (words.MENTOR, "Observer"),
    )
    return next((title for role, title in titles if role in enrolment.roles), "Learner")


_ORDER = ("Teacher", "Teaching assistant", "Observer", "Administrator", "Test student", "Learner")


def _card(course: Course, search: str, most: int) -> CourseCard:
    world = this_platform().world
    grouped: dict[str, list[Person]] = {title: [] for title in _ORDER}
    with world.lock:
        for enrolment in course.enrolments.values():
            grouped[role_title(enrolment)].append(world.people[enrolment.person])
        grouped["Administrator"] += [
            person
            for person in world.people.values()
            if person.key not in course.enrolments and world.may_open(course, person)
        ]
    wanted = search.casefold()
    groups = []
    for title, everybody in grouped.items():
        found = [p for p in everybody if wanted in p.label.casefold() or wanted in p.key]
        if found:
            # A handful more is shown at once rather than hidden behind a search.
            shown = found if len(found) <= 2 * most else found[:most]
            groups.append(Group(title, shown, len(found)))
    return CourseCard(course, groups, len(course.enrolments))


@blueprint.get("/", endpoint="home")
def home() -> str:
    """All courses, with the first people of each role to open them as."""
    cards = [_card(course, "", _FEW) for course in this_platform().world.courses.values()]
    return render_template("home.html", cards=cards)


@blueprint.get("/courses/<course>", endpoint="people")
def people(course: str) -> str:
    """One course with all its people, or those whose name holds `q`."""
    search = request.args.get("q", "").strip()
    card = _card(course_or_404(course), search, _ROWS)
    return render_template("people.html", card=card, search_text=search)


@blueprint.get("/courses/<course>/as/<person>/<placement>", endpoint="course")
def course_page(course: str, person: str, placement: str) -> str:
    """The course as one person sees it, with the tool in a frame."""
    platform = this_platform()
    place, who = course_or_404(course), person_or_404(person)
    if not platform.world.may_open(place, who):
        abort(403, f"{who.label} cannot open {place.title}.")
    return render_template(
        "course.html",
        course=place,
        person=who,
        role=role_title(place.enrolments.get(who.key)),
        placement=placement_or_404(place, placement),
        tool_origin=platform.settings.tool_origin,
    )


@blueprint.get("/courses/<course>/return", endpoint="return_page")
def return_page(course: str) -> str:
    """Where the tool sends people back to, with its message if it has one (LTI 1.3 core, 5.4.4)."""
    names = ("lti_msg", "lti_errormsg", "lti_log", "lti_errorlog")
    return render_template(
        "return.html",
        course=course_or_404(course),
        person=this_platform().world.people.get(request.args.get("as", "")),
        said={name: request.args[name] for name in names if request.args.get(name)},
    )


def _grade_rows(course: Course, columns: list[LineItem], search: str) -> list[GradeRow]:
    platform = this_platform()
    with platform.world.lock:
        graded = [person for person, enrolment in platform.world.listed(course) if enrolment.is_graded]
    wanted = search.casefold()
    rows = [
        GradeRow(person, [platform.gradebook.score(item, person.sub) for item in columns])
        for person in graded
        if wanted in person.label.casefold() or wanted in person.key
    ]
    # People with a score come first: in a course of 1,200 nobody finds the one otherwise.
    return sorted(rows, key=lambda row: not any(row.scores))


@blueprint.get("/courses/<course>/gradebook", endpoint="gradebook")
def gradebook(course: str) -> str:
    """Line items by people, with scores, comments and times as the tool sent them."""
    place = course_or_404(course)
    search = request.args.get("q", "").strip()
    columns = this_platform().gradebook.items(place.key)
    rows = _grade_rows(place, columns, search)
    return render_template(
        "gradebook.html",
        course=place,
        columns=columns,
        rows=rows[:_ROWS],
        total=len(rows),
        search_text=search,
    )
