"""The pages of the sandbox that newcomers begin at: courses and people, and a course with the tool in a frame."""

from dataclasses import dataclass

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.platform import (
    course_or_404,
    person_or_404,
    placement_or_404,
    this_platform,
)
from lti_tool.sandbox.site_pages import site_visits
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
    """A course with its people by role: the usual ones first, the others behind "More people"."""

    course: Course
    groups: list[Group]
    more: list[Group]
    members: int


def role_title(enrolment: Enrolment | None) -> str:
    """What our pages call somebody's role; without an enrolment it is an administrator's."""
    if enrolment is None:
        return "Administrator"
    titles = (
        (words.TEST_USER, "Test student"),
        (words.TEACHING_ASSISTANT, "Teaching assistant"),
        (words.INSTRUCTOR, "Teacher"),
        (words.COURSE_DESIGNER, "Course designer"),
        (words.MENTOR, "Observer"),
    )
    return next((title for role, title in titles if role in enrolment.roles), "Learner")


_ORDER = ("Teacher", "Learner", "Teaching assistant", "Course designer", "Observer", "Administrator", "Test student")
_ALWAYS_SHOWN = 2  # the first of these groups are what most people try first


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
    usual = [group for group in groups if group.title in _ORDER[:_ALWAYS_SHOWN]]
    return CourseCard(course, usual, [group for group in groups if group not in usual], len(course.enrolments))


@blueprint.get("/", endpoint="home")
def home() -> str:
    """All courses, with the first people of each role to open them as."""
    cards = [_card(course, "", _FEW) for course in this_platform().world.courses.values()]
    return render_template("home.html", cards=cards, visits=site_visits(this_platform().world))


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
    entry = placement_or_404(place, placement)
    return render_template(
        "course.html",
        course=place,
        person=who,
        role=role_title(place.enrolments.get(who.key)),
        placement=entry,
        tools=platform.tools.active(),
        tool=platform.tools.find(entry.tool) or platform.tools.first,
        may_add=platform.world.may_add(place, who),
    )


@blueprint.post("/courses/<course>/copy", endpoint="copy_course")
def copy_course(course: str) -> ResponseReturnValue:
    """Begin the course anew for another term, by a teacher of it (`as`); shows the new one."""
    platform, place = this_platform(), course_or_404(course)
    who = person_or_404(request.form.get("as", ""))
    if not platform.world.may_add(place, who):
        abort(403, f"{who.label} cannot copy {place.title}.")
    return redirect(url_for("pages.people", course=platform.copy_course(place).key), code=303)


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
