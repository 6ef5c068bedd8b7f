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


def _is_current(version: str | None) -> bool:
    """While machines are renewed one by one, an old one may be asked for what only a new one has."""
    name = str((request.view_args or {})["filename"])
    return version is not None and version == _hash(PACKAGE / "static" / name)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code == 200 and _is_current(request.args.get("v")):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response
