"""The address where anybody checks a badge. It is limited for each neighbourhood: every check may ask others."""

from flask import Blueprint, current_app

from lti_tool.badges.verifying import pages
from lti_tool.limits import limiter

verifying = Blueprint("verifying", __name__)


def _rate() -> str:
    rate: str = current_app.extensions["settings"].verify_limit
    return rate


_limited = limiter.limit(_rate, methods=["POST"])(pages.verify)
verifying.add_url_rule("/verify", "verify", _limited, methods=["GET", "POST"])
