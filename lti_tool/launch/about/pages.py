"""`/about`: for everybody, what the LMS said of them. `/diagnostics`: for an administrator of the LMS, what works."""

from flask import Blueprint, render_template

from lti_tool.launch.about.reads import connection_of, what_came
from lti_tool.launch.roster.reads import roster_state
from lti_tool.people.access import Permission, needs
from lti_tool.people.visit import current_visit
from lti_tool.spaces.objective_reads import objective_lines
from lti_tool.spaces.overview import figures
from lti_tool.spaces.space import space_facts


@needs(Permission.VISIT)
def shown() -> str:
    """GET /about"""
    return render_template("launch/about/what_came.html", came=what_came(current_visit().id))


@needs(Permission.SUPPORT)
def diagnostics() -> str:
    """GET /diagnostics: settings and states of this course, and nobody in it"""
    visit = current_visit()
    held = space_facts(visit.space) if visit.space else None
    objectives = objective_lines(held.id) if held else []
    return render_template(
        "launch/about/diagnostics.html", came=what_came(visit.id), connection=connection_of(visit.id),
        roster=roster_state(visit.course.ref) if visit.course else None, held=held, objectives=objectives,
        learners=figures(held.id, len(objectives)).learners if held else 0,
    )  # fmt: skip


about_pages = Blueprint("about", __name__)
about_pages.add_url_rule("/about", "shown", shown)
about_pages.add_url_rule("/diagnostics", "diagnostics", diagnostics)
