"""The OAuth 2 token endpoint: a signed assertion of the tool for an access token."""

from typing import NoReturn

from flask import Blueprint, Response, abort, jsonify, request

from lti_tool.sandbox.access import Grant
from lti_tool.sandbox.platform import this_platform
from lti_tool.sandbox.service import allowed_scopes
from lti_tool.sandbox.tool_keys import RefusedSignatureError

blueprint = Blueprint("token", __name__)

_FORM = "application/x-www-form-urlencoded"
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_PARAMETERS = ("grant_type", "client_assertion_type", "client_assertion", "scope")


def _refuse(error: str, description: str, status: int = 400) -> NoReturn:
    answer = jsonify(error=error, error_description=description)
    answer.status_code = status
    answer.headers["Cache-Control"] = "no-store"
    abort(answer)


def _parameters() -> dict[str, str]:
    if request.headers.get("Content-Type") != _FORM:
        _refuse("invalid_request", f"Content-Type must be exactly {_FORM}")
    for name in _PARAMETERS:
        if len(request.form.getlist(name)) != 1:
            _refuse("invalid_request", f"{name} must be there exactly once")
    return {name: request.form[name] for name in _PARAMETERS}


@blueprint.post("/token", endpoint="token")
def token() -> Response:
    """Answer a client credentials grant (RFC 6749, 4.4) with a private key's assertion (RFC 7523)."""
    platform = this_platform()
    if platform.faults.token_answer == "down":  # noqa: S105
        return Response("upstream unavailable", status=503, mimetype="text/plain")
    if platform.faults.token_answer == "html":  # noqa: S105
        return Response("<!doctype html><title>Sign in</title><h1>Please sign in</h1>", mimetype="text/html")
    if platform.faults.behaviour.needs_user_agent and not request.headers.get("User-Agent", "").strip():
        _refuse("invalid_request", "a User-Agent is needed", status=403)
    parameters = _parameters()
    if parameters["grant_type"] != "client_credentials":
        _refuse("unsupported_grant_type", "grant_type must be client_credentials")
    if parameters["client_assertion_type"] != _ASSERTION_TYPE:
        _refuse("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}")
    try:
        tool = platform.assertions.verify(
            parameters["client_assertion"], audience=platform.faults.behaviour.token_audience or None,
            skew=platform.faults.clock_skew,
        )  # fmt: skip
    except RefusedSignatureError as refusal:
        _refuse("invalid_client", str(refusal), status=401)
    granted = allowed_scopes(platform) & tool.scopes & set(parameters["scope"].split(" "))
    if not granted:
        _refuse("invalid_scope", "none of the scopes asked for is allowed")
    seconds = platform.faults.token_seconds
    answer = jsonify(
        access_token=platform.tokens.issue(Grant(tool.client_id, granted), seconds),
        token_type="Bearer",  # noqa: S106
        expires_in=seconds,
        scope=" ".join(sorted(granted)),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
