"""The addresses of these pages. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.replacing import pages
from lti_tool.badges.replacing import problems as problems
from lti_tool.badges.verifying.how_often import asks_outside

replacing = Blueprint("replacing", __name__)

replacing.add_url_rule("/badges/<badge_id>/data", "badge_data", asks_outside(pages.badge_data), methods=["GET", "POST"])
_preview = "/badges/<badge_id>/replacement/<token>"
replacing.add_url_rule(_preview, "preview", pages.preview)
replacing.add_url_rule(_preview, "replace", pages.replace, methods=["POST"])
replacing.add_url_rule(f"{_preview}/picture.png", "preview_picture", pages.preview_picture)
replacing.add_url_rule(f"{_preview}/cancel", "cancel", pages.cancel, methods=["POST"])
