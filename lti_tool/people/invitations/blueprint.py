"""The addresses of accepting an invitation, under `/home` alone."""

from flask import Blueprint

from lti_tool.limits import limiter
from lti_tool.people.invitations import pages

_TRIES = "30 per minute"  # a link's secret is long: this keeps noise away, and no more

invited = Blueprint("invited", __name__)
invited.add_url_rule("/invitations/<secret>", "invitation", pages.invitation)
invited.add_url_rule("/invitations/<secret>", "accept", limiter.limit(_TRIES)(pages.accept), methods=["POST"])
