"""A launch: the page that begins it at the tool, and the OIDC authorization endpoint that answers.

Security Framework 1.0, section 5.1. The tool's frame begins at `/launch/…`, which sends the browser to the
tool's login address; the tool sends it to `/auth`, which posts the id_token to the tool.
"""

from typing import Any, NoReturn
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.hints import Intent
from lti_tool.sandbox.platform import (
    Platform,
    course_or_404,
    person_or_404,
    placement_or_404,
    this_platform,
)
from lti_tool.sandbox.tools import InstalledTool

blueprint = Blueprint("login", __name__)

_NAMES = (
    "scope",
    "response_type",
    "response_mode",
    "prompt",
    "client_id",
    "redirect_uri",
    "login_hint",
    "lti_message_hint",
    "state",
    "nonce",
)
_FIXED = {
    "response_type": ("id_token", "unsupported_response_type"),
    "response_mode": ("form_post", "invalid_request"),
    "scope": ("openid", "invalid_scope"),
    "prompt": ("none", "invalid_request"),
}
# 16 characters of base64 are 96 bits: whoever sends fewer sends something that can be guessed.
_SHORTEST_SECRET = 16


class RefusedLogin(Exception):  # noqa: N818 - it is an answer to the tool, not a fault of ours
    """The tool is told `error` (an OpenID Connect code) and why."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@blueprint.get("/launch/<course>/as/<person>/<placement>", endpoint="launch")
def launch(course: str, person: str, placement: str) -> Response:
    """Open a link of a course: send the browser to the tool's login address."""
    who = person_or_404(person)
    place = course_or_404(course)
    placement_or_404(place, placement)
    if not this_platform().world.may_open(place, who):
        abort(403, f"{who.label} cannot open {place.title}.")
    target = "window" if request.args.get("target") == "window" else "iframe"
    return begin(Intent(course, person, placement, target))


def begin(intent: Intent) -> Response:
    """Send the browser to the tool's login address, by itself or by a button where scripts are off."""
    platform = this_platform()
    address = platform.tool_of(intent).login_url
    fields = platform.begin(intent)
    if platform.faults.login_method == "get":
        separator = "&" if "?" in address else "?"
        return redirect(address + separator + urlencode(fields))
    return _form(address, fields, "Open the tool")


def _form(action: str, fields: dict[str, str], button: str) -> Response:
    page = make_response(render_template("forward.html", action=action, fields=fields, button=button))
    page.headers["Cache-Control"] = "no-store"
    return page


@blueprint.route("/auth", methods=["GET", "POST"], endpoint="auth")
def auth() -> Response:
    """Answer an authentication request with a form that posts the id_token, or an error, to the tool."""
    platform = this_platform()
    sent = request.form if request.method == "POST" else request.args
    tool = _client(platform, sent)
    try:
        parameters = _parameters(sent)
        intent = _intent(platform, parameters, tool)
        fields = {"id_token": _id_token(platform, intent, parameters["nonce"]), "state": parameters["state"]}
    except RefusedLogin as refusal:
        fields = {"error": refusal.error, "error_description": refusal.description}
        if sent.get("state"):
            fields["state"] = sent["state"]
    return _form(sent["redirect_uri"], fields, "Continue to the tool")


def _client(platform: Platform, sent: MultiDict[str, str]) -> InstalledTool:
    # An error may be sent to a registered address only (RFC 6749, 4.1.2.1): before that it is a page of ours.
    clients, addresses = sent.getlist("client_id"), sent.getlist("redirect_uri")
    tool = platform.tools.find(clients[0]) if len(clients) == 1 else None
    if tool is None:
        _refuse_here("The client_id is not that of an installed tool.")
    if not tool.is_active:
        _refuse_here("The tool waits for the administrator to activate it.")
    if len(addresses) != 1 or addresses[0] not in tool.redirect_uris:
        _refuse_here("The redirect_uri is not, character for character, a registered one.")
    return tool


def _refuse_here(message: str) -> NoReturn:
    abort(400, message)


def _parameters(sent: MultiDict[str, str]) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for name in _NAMES:
        values = sent.getlist(name)
        if len(values) != 1 or not values[0]:
            raise RefusedLogin("invalid_request", f"{name} must be there exactly once")
        parameters[name] = values[0]
    for name, (value, error) in _FIXED.items():
        if parameters[name] != value:
            raise RefusedLogin(error, f"{name} must be {value}")
    for name in ("state", "nonce"):
        if len(parameters[name]) < _SHORTEST_SECRET:
            raise RefusedLogin("invalid_request", f"{name} is too short to be unguessable")
    return parameters


def _intent(platform: Platform, parameters: dict[str, str], tool: InstalledTool) -> Intent:
    if not platform.nonces.is_new(parameters["nonce"]):
        raise RefusedLogin("invalid_request", "the nonce was used before")
    intent = platform.hints.take(parameters["lti_message_hint"])
    if intent is None:
        raise RefusedLogin("launch_no_longer_valid", "lti_message_hint is unknown, used or too old")
    if platform.tool_of(intent) is not tool:
        raise RefusedLogin("invalid_request", "lti_message_hint was given to another tool")
    person = platform.world.people.get(intent.person)
    if person is None or person.sub != parameters["login_hint"]:
        raise RefusedLogin("login_required", "login_hint names somebody else")
    return intent


def _id_token(platform: Platform, intent: Intent, nonce: str) -> str:
    world = platform.world
    if intent.course is not None and not world.may_open(world.courses[intent.course], world.people[intent.person]):
        raise RefusedLogin("access_denied", "this person may not open the course")
    claims: dict[str, Any] = platform.claims_of(intent)
    claims[f"{words.CLAIM}launch_presentation"]["document_target"] = intent.document_target
    claims["nonce"] = nonce
    return platform.sign(platform.replaced(claims, platform.faults.launch_claims))
