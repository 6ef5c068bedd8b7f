"""Guides for administrators, one for each kind of LMS, with this installation's addresses in them; made for print."""

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from lti_tool.errors import Problem
from lti_tool.launch.profiles import OTHER, profiles
from lti_tool.launch.registration.manual import manual_values
from lti_tool.people.access import Permission, needs
from lti_tool.words import to_say

# What no maker of an LMS has named, in `config/platforms/`.
_OUR_NAMES = (to_say("another LMS"), to_say("the sandbox LMS"))
GUIDES = ("canvas", "moodle", "blackboard", "brightspace", "sakai", OTHER)


def guide_names() -> dict[str, str]:
    """What each guide is for, in the order of the list."""
    return {one: profiles()[one].name for one in GUIDES}


@needs(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    return render_template("launch/registration/guides/index.html", guides=guide_names())


@needs(Permission.PUBLIC)
def guide(lms: str) -> ResponseReturnValue:
    if lms not in GUIDES:
        raise Problem("not_found", to_say("There is no guide for this LMS. The guide for any other LMS will do."))
    profile = profiles()[lms]
    return render_template(
        f"launch/registration/guides/{lms}.html", profile=profile, values=manual_values(profile),
        public_url=current_app.extensions["settings"].public_url,
    )  # fmt: skip
