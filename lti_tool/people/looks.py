"""Light or dark: what somebody chose, wherever they come from. Without a choice the pages follow the device.

It is kept with the person and not in the browser: a frame of an LMS has no storage that it can rely on (decision 5).
"""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.model import Person
from lti_tool.people.visit import Theme, current_visit

_CHOICES: dict[str, Theme | None] = {"light": "light", "dark": "dark", "device": None}


@needs(Permission.VISIT)
def choose() -> Response:
    """POST /looks: `theme` is light, dark or device, `to` the page to come back to."""
    theme, visit = request.form.get("theme", ""), current_visit()
    if theme not in _CHOICES:
        raise Problem("bad_request")
    with transaction():
        db.session.get_one(Person, visit.person).theme = _CHOICES[theme]
    to = request.form.get("to", "")
    return redirect(to if _is_here(to, visit.path) else f"{visit.path}/", 303)


def _is_here(to: str, path: str) -> bool:
    """Only a page of this very visit: `to` leads nowhere else, however it is written."""
    return to.startswith(f"{path}/") and "\\" not in to and to.isprintable()


looks = Blueprint("looks", __name__)
looks.add_url_rule("/looks", "choose", choose, methods=["POST"])
