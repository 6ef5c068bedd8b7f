"""The gradebook as a page, and the way from a score to what the tool shows of the work (Submission Review 1.0)."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.sandbox import messages
from lti_tool.sandbox.gradebook import LineItem, Score
from lti_tool.sandbox.hints import Intent
from lti_tool.sandbox.login import begin
from lti_tool.sandbox.platform import course_or_404, person_or_404, this_platform
from lti_tool.sandbox.tools import InstalledTool
from lti_tool.sandbox.world import Course, Person

blueprint = Blueprint("grades", __name__)

_ROWS = 60


@dataclass(frozen=True)
class GradeRow:
    """One person's scores, in the order of the columns."""

    person: Person
    scores: list[Score | None]


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


def _viewer(course: Course) -> Person | None:
    """As whom the gradebook is open: whoever came from their course page, else the first who teaches."""
    world = this_platform().world
    with world.lock:
        keys = [request.args.get("as", ""), *course.enrolments]
        people = [world.people[key] for key in keys if key in world.people]
    return next((person for person in people if world.may_add(course, person)), None)


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
        viewer=_viewer(place),
        columns=columns,
        rows=rows[:_ROWS],
        total=len(rows),
        search_text=search,
    )


@blueprint.get("/courses/<course>/as/<person>/review/<item>/<learner>", endpoint="review")
def review_page(course: str, person: str, item: str, learner: str) -> str:
    """What the tool shows of a learner's work, in a frame."""
    place, who, column, whose = _reviewed(course, person, item, learner)
    return render_template(
        "review.html", course=place, person=who, item=column, learner=whose, tool=_tool_of(place, column)
    )


@blueprint.get("/review/<course>/as/<person>/<item>/<learner>", endpoint="begin")
def begin_review(course: str, person: str, item: str, learner: str) -> ResponseReturnValue:
    """Send the browser to the tool's login address with a submission review request."""
    place, who, column, whose = _reviewed(course, person, item, learner)
    return begin(
        Intent(
            place.key, who.key, None, message=messages.SUBMISSION_REVIEW, tool=_tool_of(place, column).client_id,
            about=whose.key, item=column.id,
        )
    )  # fmt: skip


def _reviewed(course: str, person: str, item: str, learner: str) -> tuple[Course, Person, LineItem, Person]:
    place, who, whose = course_or_404(course), person_or_404(person), person_or_404(learner)
    column = this_platform().gradebook.find(place.key, item) or abort(404, "The gradebook has no such column.")
    if whose.key not in place.enrolments:
        abort(404, f"{whose.label} is not in {place.title}.")
    if not this_platform().world.may_review(place, who, whose):
        abort(403, f"{who.label} cannot see the work of {whose.label}.")
    return place, who, column, whose


def _tool_of(course: Course, item: LineItem) -> InstalledTool:
    """The tool whose link the column belongs to; a column without a link is the first tool's."""
    tools = this_platform().tools
    placement = course.placement_of_link(item.members.get("resourceLinkId", ""))
    return (tools.find(placement.tool) if placement is not None else None) or tools.first
