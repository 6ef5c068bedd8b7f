"""Every address of these pages. `app.py` hangs them under a visit's path and under `/home`, as the workshop's."""

from flask import Blueprint

from lti_tool.spaces.making import pages

making = Blueprint("making", __name__)
making.add_url_rule("/issuers/<issuer_id>/spaces", "issuer_spaces", pages.issuer_spaces)
making.add_url_rule("/issuers/<issuer_id>/spaces/new", "new_space", pages.new_space, methods=["GET", "POST"])
