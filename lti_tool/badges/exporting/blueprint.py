"""The addresses of these pages. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.exporting import pages
from lti_tool.badges.exporting.switch import manages_data

exporting = Blueprint("exporting", __name__)
exporting.add_app_template_global(manages_data, "manages_data")

exporting.add_url_rule("/issuers/<issuer_id>/data", "issuer_data", pages.issuer_data)
exporting.add_url_rule("/issuers/<issuer_id>/awards.csv", "awards_file", pages.awards_file, methods=["GET", "POST"])
