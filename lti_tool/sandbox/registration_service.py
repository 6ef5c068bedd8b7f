"""The registration endpoint: a tool's registration in, its client id out, or a refusal in one of three dialects."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.platform import Platform, this_platform
from lti_tool.sandbox.registration_document import RegistrationRefused, check_document
from lti_tool.sandbox.registrations import SUPPORTED
from lti_tool.sandbox.service import allowed_scopes
from lti_tool.sandbox.tools import InstalledTool

blueprint = Blueprint("registration", __name__)


@blueprint.post("/registrations", endpoint="registrations")
def register() -> Response:
    """Install the tool whose registration this is (LTI Dynamic Registration 1.0, 3.5 and 3.6)."""
    platform = this_platform()
    faults = platform.faults.registration
    if faults.raw_answer:
        return Response(faults.raw_answer, status=faults.status, mimetype="text/html")
    try:
        answer = _registered(platform)
    except RegistrationRefused as refusal:
        return _told(refusal, faults.style)
    response = jsonify(answer)
    response.status_code = faults.status
    response.headers["Cache-Control"] = "no-store"
    return response


def registration_token(platform: Platform) -> str | None:
    """The good token that this request carries, None where this platform hands none out."""
    if platform.faults.registration.without_token:
        return None
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise RegistrationRefused("a registration token is needed", "missing_token", "invalid_token", 401)
    platform.registrations.tokens.check(token)
    return token


def _registered(platform: Platform) -> dict[str, Any]:
    faults = platform.faults.registration
    token = registration_token(platform)
    if request.mimetype != "application/json":
        raise RegistrationRefused("Content-Type must be application/json", "invalid content type")
    if faults.refuses:
        raise RegistrationRefused(faults.refuses, faults.refuses)
    document = _document()
    check_document(document, SUPPORTED)
    if token is not None:
        platform.registrations.tokens.use(token)
    tool = platform.registrations.install(document, is_pending=faults.is_pending, granted=allowed_scopes(platform))
    answer = _answer(document, tool, faults.without_deployment) | faults.answer
    return {name: value for name, value in answer.items() if value is not None}


def _document() -> dict[str, Any]:
    try:
        document = json.loads(request.get_data())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise RegistrationRefused("the body is not a JSON object", "invalid json")
    return document


def _answer(document: dict[str, Any], tool: InstalledTool, without_deployment: bool) -> dict[str, Any]:
    """The registration as it is now: what was sent, with what of it was granted."""
    told = document[words.TOOL_CONFIGURATION] | {
        "claims": [claim for claim in document[words.TOOL_CONFIGURATION]["claims"] if claim in _CLAIMS],
        "messages": list(tool.messages.values()),
    }
    if not without_deployment:
        told["deployment_id"] = tool.deployment_id
    return document | {
        "client_id": tool.client_id,
        "scope": " ".join(sorted(tool.scopes)),
        words.TOOL_CONFIGURATION: told,
    }


_CLAIMS = ("iss", "sub", "name", "given_name", "family_name", "email", "locale")


def _told(refusal: RegistrationRefused, style: str) -> Response:
    if style == "moodle":
        return Response(refusal.word, status=refusal.status, content_type="text/html; charset=utf-8")
    if style == "canvas":
        answer = jsonify(errors=[refusal.description])
        answer.status_code = 401 if refusal.status == 401 else 422
        return answer
    answer = jsonify(error=refusal.error, error_description=refusal.description)
    answer.status_code = refusal.status
    if refusal.status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return answer
