"""Our keys of one platform: rotated in peace, stopped at once, or entered by hand where the LMS stores a copy."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.console.key_reads import key_lines
from lti_tool.launch.key_deeds import key_dropped, key_entered, key_stored, rotated
from lti_tool.launch.keys import PUBLISHED_AFTER, PUBLISHED_AHEAD
from lti_tool.launch.platforms import known_platform
from lti_tool.people.access import Permission, needs
from lti_tool.words import to_say


@needs(Permission.ADMIN)
def keys(registration_id: str) -> str:
    """GET /admin/platforms/<registration_id>/keys"""
    platform = known_platform(registration_id)
    return render_template(
        "admin/keys.html", platform=platform, keys=key_lines(platform.id), ahead=PUBLISHED_AHEAD, after=PUBLISHED_AFTER
    )


@needs(Permission.ADMIN)
def rotate(registration_id: str) -> Response:
    """POST …/keys/rotation"""
    with transaction():
        rotated(known_platform(registration_id))
    return _back(registration_id)


@needs(Permission.ADMIN)
def stop(registration_id: str) -> ResponseReturnValue:
    """GET and POST …/keys/stop: a key got into wrong hands; asked once more before"""
    platform = known_platform(registration_id)
    if request.method == "GET" or platform.keeps_static_key:
        return render_template("admin/keys_stop.html", platform=platform)
    with transaction():
        rotated(known_platform(registration_id), at_once=True)
    return _back(registration_id)


@needs(Permission.ADMIN)
def entered(registration_id: str, kid: str) -> Response:
    """POST …/keys/<kid>/entered: the second step, ticked by whoever pasted the key"""
    if not request.form.get("entered"):
        raise Problem("bad_request", to_say("Tick that the LMS has the new key first. Nothing was changed."))
    with transaction():
        key_entered(known_platform(registration_id), kid)
    return _back(registration_id)


@needs(Permission.ADMIN)
def drop(registration_id: str, kid: str) -> Response:
    """POST …/keys/<kid>/drop"""
    with transaction():
        key_dropped(known_platform(registration_id), kid)
    return _back(registration_id)


@needs(Permission.ADMIN)
def store(registration_id: str) -> Response:
    """POST …/keys/storing, `static` yes or no"""
    with transaction():
        key_stored(known_platform(registration_id), static=request.form.get("static") == "yes")
    return _back(registration_id)


def _back(registration_id: str) -> Response:
    return redirect(url_for("console.keys", registration_id=registration_id), 303)
