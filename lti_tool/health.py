"""Is the process alive, and can it do its work? For operators and load balancers."""

from flask import Blueprint, Response, jsonify

from lti_tool.errors import Problem
from lti_tool.jobs.reads import queue
from lti_tool.schema import Standing, standing
from lti_tool.storage import storage_here

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> Response:
    """The database answers too, with a schema that this version can serve: its own, or a newer one that only added.

    Whatever else is away is told, and refuses nobody: pages go on without the queue, and no other process has a
    better one.
    """
    found = standing()
    if found is Standing.BEHIND:
        raise Problem("schema_behind")
    if found is Standing.BEYOND:
        raise Problem("schema_beyond")
    return jsonify(status="ok", jobs=queue().fault or "ok", files="ok" if storage_here().is_reached() else "away")
