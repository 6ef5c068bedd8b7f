"""What somebody reads whose link has nothing to open here, and why."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.access import Permission, needs

_EXPLAINED = ("earlier", "closed")
_REFUSED = {"elsewhere": "link_elsewhere", "nobody": "review_nobody"}

catalogue(
    {
        "link_elsewhere": Entry(
            404, "This link leads to nothing in this course",
            "What it names was not found in the Space of this course.", "a teacher of the course",
            "Let a teacher add the link anew, from the place where links are added in the course."),
        "review_nobody": Entry(
            404, "There is nobody to show",
            "The LMS asks for a learner who is not in the Space of this course, or whom you may not see.",
            "you", "Go to the start page and look for the learner there, or go back to the gradebook."),
    }
)  # fmt: skip


@needs(Permission.VISIT)
def lost(why: str) -> ResponseReturnValue:
    """GET /link/<why>: see `opening` and `reviewing`"""
    if why in _EXPLAINED:
        return render_template("launch/deep_linking/lost.html", why=why)
    raise Problem(_REFUSED.get(why, "not_found"))
