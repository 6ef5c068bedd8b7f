"""Every address of signing in at `/home`, and of the addresses that somebody has, there and in a visit."""

from flask import Blueprint

from lti_tool.limits import limiter
from lti_tool.people.home import address_pages, pages

_ASKED = "10 per minute"
_TRIES = "30 per minute"  # a link's secret is long: this keeps noise away, and no more

at_home = Blueprint("at_home", __name__)
at_home.add_url_rule("/sign-in", "sign_in", pages.sign_in)
at_home.add_url_rule("/sign-in", "ask", limiter.limit(_ASKED)(pages.ask), methods=["POST"])
at_home.add_url_rule("/sign-in/<secret>", "link", pages.link)
at_home.add_url_rule("/sign-in/<secret>", "use", limiter.limit(_TRIES)(pages.use), methods=["POST"])
at_home.add_url_rule("/sign-out", "sign_out", pages.sign_out, methods=["POST"])
at_home.add_url_rule("/prove/<secret>", "proof", pages.proof)
at_home.add_url_rule("/prove/<secret>", "prove", limiter.limit(_TRIES)(pages.prove), methods=["POST"])

people_home = Blueprint("people_home", __name__)
people_home.add_url_rule("/addresses", "addresses", address_pages.addresses)
people_home.add_url_rule("/addresses", "ask", limiter.limit(_ASKED)(address_pages.ask), methods=["POST"])
people_home.add_url_rule("/addresses/removal", "remove", address_pages.remove, methods=["POST"])
