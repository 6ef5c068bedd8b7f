"""Adding content from a tool: the page with the tool's picker, and the address that its answer comes to."""

import itertools
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.sandbox import messages
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.content_items import BadItemError
from lti_tool.sandbox.deep_link_response import read_response
from lti_tool.sandbox.deep_linking import PARAMETER, DeepLinkAnswer, DeepLinkRequest
from lti_tool.sandbox.hints import Intent
from lti_tool.sandbox.login import begin
from lti_tool.sandbox.platform import (
    Platform,
    course_or_404,
    person_or_404,
    this_platform,
    tool_or_404,
)
from lti_tool.sandbox.world import Course, Person, Placement, opaque_id

blueprint = Blueprint("deep_links", __name__)

_numbers = itertools.count(1)


def _teacher_of(course: str, person: str) -> tuple[Course, Person]:
    place, who = course_or_404(course), person_or_404(person)
    if not this_platform().world.may_add(place, who):
        abort(403, f"{who.label} cannot add content to {place.title}.")
    return place, who


@blueprint.get("/courses/<course>/as/<person>/add", endpoint="add")
def add_page(course: str, person: str) -> str:
    """The course with the tool's picker in a frame."""
    place, who = _teacher_of(course, person)
    return render_template("add.html", course=place, person=who, tool=tool_or_404(request.args.get("tool")))


@blueprint.get("/deep-link/<course>/as/<person>", endpoint="begin")
def begin_picking(course: str, person: str) -> ResponseReturnValue:
    """Send the browser to the tool's login address with a deep linking request."""
    place, who = _teacher_of(course, person)
    tool = tool_or_404(request.args.get("tool"))
    return begin(Intent(place.key, who.key, None, message=messages.DEEP_LINKING, tool=tool.client_id))


@blueprint.post("/deep-link/return", endpoint="deep_link_return")
def take_answer() -> ResponseReturnValue:
    """Check the tool's answer, put what was picked into the course, and lead back there."""
    platform = this_platform()
    asked = platform.deep_links.find(request.args.get(PARAMETER))
    if asked is None:
        return _refused(platform, None, "this return address was given to nobody")
    try:
        claims = _answer(platform, asked)
    except BadItemError as fault:
        return _refused(platform, asked, str(fault))
    answer = DeepLinkAnswer(asked, claims, _place(platform, asked, claims))
    platform.deep_links.answers.append(answer)
    said = {name: claims.get(words.DEEP_LINKING_CLAIM + name) for name in ("msg", "log", "errormsg", "errorlog")}
    items = claims[words.DEEP_LINKING_CLAIM + "content_items"]
    others = [item for item in items if item["type"] != "ltiResourceLink"]
    return render_template("picked.html", asked=asked, placements=answer.placements, others=others, said=said)


def _answer(platform: Platform, asked: DeepLinkRequest) -> dict[str, Any]:
    sent = request.form.getlist("JWT")
    if len(sent) != 1:
        raise BadItemError("the parameter JWT must be there exactly once")
    claims = read_response(sent[0], asked, platform.settings.url)
    if not platform.answered_nonces.is_new(f"{asked.tool.client_id} {claims['nonce']}"):
        raise BadItemError("the nonce was used before")
    if not platform.deep_links.answer(asked):
        raise BadItemError("this request was answered already")
    return claims


def _refused(platform: Platform, asked: DeepLinkRequest | None, why: str) -> ResponseReturnValue:
    platform.deep_links.refusals.append(why)
    return render_template("pick_refused.html", asked=asked, why=why), 400


def _place(platform: Platform, asked: DeepLinkRequest, claims: dict[str, Any]) -> list[Placement]:
    items = claims[words.DEEP_LINKING_CLAIM + "content_items"]
    return [_placement(platform, asked, item) for item in items if item["type"] == "ltiResourceLink"]


def _placement(platform: Platform, asked: DeepLinkRequest, item: dict[str, Any]) -> Placement:
    """A link of the course, with a column of the gradebook where the item asks for one."""
    key = f"picked-{next(_numbers)}"
    placement = Placement(
        key, opaque_id("link", asked.course.key, key, platform.started), item["title"], item.get("text", ""),
        tool=asked.tool.client_id, url=item["url"], custom=dict(item.get("custom", {})),
    )  # fmt: skip
    with platform.world.lock:
        asked.course.placements[key] = placement
    column = item.get("lineItem")
    if column is not None:
        members = {"label": item["title"], **column, "resourceLinkId": placement.link_id}
        dates = item.get("submission", {})
        members |= {name: dates[name] for name in ("startDateTime", "endDateTime") if name in dates}
        platform.gradebook.add(asked.course.key, members)
    return placement
