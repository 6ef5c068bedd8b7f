"""Every address of the administrators' own pages; what they administer has its addresses beside its pages."""

from flask import Blueprint

from lti_tool.limits import limiter
from lti_tool.people.admin import pages

_ASKED = "10 per minute"
_TRIES = "30 per minute"  # a link's secret is long: this keeps noise away, and no more

administration = Blueprint("administration", __name__)
administration.add_url_rule("/sign-in", "sign_in", pages.sign_in)
administration.add_url_rule("/sign-in", "ask", limiter.limit(_ASKED)(pages.ask), methods=["POST"])
administration.add_url_rule("/sign-in/<secret>", "link", pages.link)
administration.add_url_rule("/sign-in/<secret>", "use", limiter.limit(_TRIES)(pages.use), methods=["POST"])
administration.add_url_rule("/sign-out", "sign_out", pages.sign_out, methods=["POST"])
administration.add_url_rule("/administrators", "administrators", pages.administrators)
administration.add_url_rule("/administrators", "invite", pages.invite, methods=["POST"])
administration.add_url_rule("/administrators/<administrator_id>/off", "disable", pages.disable, methods=["POST"])
administration.add_url_rule("/audit", "audit", pages.log)
