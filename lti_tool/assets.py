"""Addresses of style sheets and scripts, with the hash of what they hold, so that browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, request, url_for
from werkzeug.wrappers import Response

from lti_tool.places import PACKAGE

_YEAR = 365 * 24 * 3600


def init_assets(app: Flask) -> None:
    """Give templates `asset('spaces.css')`, and let browsers keep what such an address names."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)


def asset(name: str) -> str:
    """The address of `static/<name>` with the hash of what it holds now."""
    return url_for("static", filename=name, v=_hash(PACKAGE / "static" / name))


@cache
def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
