"""Ways into the tool that belong to no course: the school's settings, somebody's own menu, and what is kept of them."""

from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.sandbox import messages
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.hints import Intent
from lti_tool.sandbox.login import begin
from lti_tool.sandbox.platform import person_or_404, this_platform, tool_or_404
from lti_tool.sandbox.world import Person, World

blueprint = Blueprint("site", __name__)

PRIVACY = "Data privacy"
_PRIVACY_NAMES = (messages.DATA_PRIVACY, messages.DATA_PRIVACY_TOO)


@dataclass(frozen=True)
class SiteVisit:
    """One way to try: what, as whom, and why them."""

    place: str
    title: str
    person: Person
    why: str
    message: str = messages.RESOURCE_LINK


_VISITS = (
    ("account", "pat", "an administrator with no role in any course", messages.RESOURCE_LINK),
    ("profile", "helena", "only a role in the school", messages.RESOURCE_LINK),
    ("profile", "amelie", "no role at all", messages.RESOURCE_LINK),
    ("privacy", "pat", "an administrator", messages.DATA_PRIVACY),
    ("privacy", "amelie", "a learner, and the other name of the message", messages.DATA_PRIVACY_TOO),
)


def site_visits(world: World) -> list[SiteVisit]:
    """What the home page offers outside the courses."""
    return [
        SiteVisit(place, _title(world, place), world.people[key], why, message)
        for place, key, why, message in _VISITS
        if key in world.people
    ]


@blueprint.get("/site/<place>/as/<person>", endpoint="page")
def site_page(place: str, person: str) -> str:
    """The tool in a frame, outside any course."""
    who = _visitor(place, person)
    tool = tool_or_404(request.args.get("tool"))
    title = _title(this_platform().world, place)
    return render_template(
        "site.html", place=place, title=title, person=who, tool=tool, message=request.args.get("message")
    )


@blueprint.get("/site/<place>/as/<person>/launch", endpoint="begin")
def begin_visit(place: str, person: str) -> ResponseReturnValue:
    """Send the browser to the tool's login address with a message that has no context."""
    who = _visitor(place, person)
    tool = tool_or_404(request.args.get("tool"))
    if place != "privacy":
        return begin(Intent(None, who.key, place, tool=tool.client_id))
    message = request.args.get("message") or messages.DATA_PRIVACY
    if message not in _PRIVACY_NAMES:
        abort(400, "There is no such message.")
    return begin(Intent(None, who.key, None, message=message, tool=tool.client_id, about=who.key))


@blueprint.get("/site/return", endpoint="return_page")
def return_page() -> str:
    """Where the tool sends people back to who came from no course."""
    names = ("lti_msg", "lti_errormsg", "lti_log", "lti_errorlog")
    said = {name: request.args[name] for name in names if request.args.get(name)}
    return render_template("return.html", course=None, person=None, said=said)


def _visitor(place: str, person: str) -> Person:
    who = person_or_404(person)
    if place != "privacy" and place not in this_platform().world.site_links:
        abort(404, "There is no such place.")
    if place == "account" and words.INSTITUTION_ADMINISTRATOR not in who.institution_roles:
        abort(403, f"{who.label} is no administrator.")
    return who


def _title(world: World, place: str) -> str:
    return PRIVACY if place == "privacy" else world.site_links[place].title
