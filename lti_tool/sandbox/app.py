"""The Flask application of the sandbox."""

from pathlib import Path

from flask import Flask, Response, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti_tool.sandbox import (
    administration,
    deep_link_pages,
    discovery,
    gradebook_pages,
    groups,
    line_items,
    login,
    notice_service,
    pages,
    registration_service,
    roster,
    score_service,
    site_pages,
    token,
)
from lti_tool.sandbox.platform import Platform, attach, this_platform
from lti_tool.sandbox.settings import SandboxSettings

_PACKAGE = Path(__file__).resolve().parent.parent
_PARTS = (
    pages,
    gradebook_pages,
    site_pages,
    login,
    deep_link_pages,
    administration,
    registration_service,
    token,
    discovery,
    roster,
    groups,
    line_items,
    score_service,
    notice_service,
)
_COUNTED_AS = {
    "line_items_create": "line_items",
    "line_item_replace": "line_item",
    "line_item_delete": "line_item",
    "notice_handlers_put": "notice_handlers",
}


def template_folder() -> Path:
    """The folder of our templates: inside the package in a wheel, at the top of a checkout."""
    in_wheel = _PACKAGE / "_wheel" / "templates" / "sandbox"
    return in_wheel if in_wheel.is_dir() else _PACKAGE.parent / "templates" / "sandbox"


def create_sandbox(settings: SandboxSettings) -> Flask:
    """Make a sandbox with a world of its own; `app.extensions["sandbox"]` is its `Platform`."""
    app = Flask(__name__, template_folder=str(template_folder()), static_folder="static")
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["MAX_CONTENT_LENGTH"] = 1_000_000
    attach(app, Platform(settings))
    for part in _PARTS:
        app.register_blueprint(part.blueprint)
    app.before_request(_count)
    app.before_request(_stumble)
    app.after_request(_protect)
    app.after_request(_stumble_late)
    app.register_error_handler(HTTPException, _explain)
    return app


def _endpoint() -> str:
    endpoint = (request.endpoint or "unknown").rpartition(".")[2]
    return _COUNTED_AS.get(endpoint, endpoint)


def _count() -> None:
    query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    this_platform().traffic.arrive(_endpoint(), request.method, request.path + query)


def _stumble() -> Response | None:
    trouble = this_platform().faults.trouble_at(_endpoint())
    if trouble is None:
        return None
    if trouble.acts:
        g.trouble = trouble
        return None
    return trouble.answer()


def _stumble_late(answer: Response) -> Response:
    return g.trouble.answer() if "trouble" in g else answer


def _protect(answer: Response) -> Response:
    # The tools' origins are the only places our forms post to and our frames show; browsers check
    # every redirect that follows a form against this list too.
    origins = {origin for tool in this_platform().tools.listed() for origin in tool.origins}
    origins |= g.get("also_framed", set())
    tools = " ".join(sorted(origins))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        f"form-action 'self' {tools}; frame-src 'self' {tools}; frame-ancestors 'self'"
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _explain(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error
    status = error.code or 500
    return render_template("error.html", status=status, title=error.name, message=error.description), status
