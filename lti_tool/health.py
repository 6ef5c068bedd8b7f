"""Is the process alive, and can it do its work? For operators and load balancers."""

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from lti_tool.db import db

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@health.get("/readyz")
def ready() -> Response:
    """The database answers too."""
    db.session.execute(text("SELECT 1"))
    return jsonify(status="ok")
