"""Is the process alive, and can it do its work? For operators and load balancers."""

from flask import Blueprint, Response, jsonify

from lti_tool.db import schema_is_behind
from lti_tool.errors import Problem
from lti_tool.jobs.reads import queue

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> Response:
    """The database answers too, with the schema that this code was written for.

    Whatever else is away is told, and refuses nobody: pages go on without the queue, and no other process has a
    better one.
    """
    if schema_is_behind():
        raise Problem("schema_behind")
    return jsonify(status="ok", jobs=queue().fault or "ok")
