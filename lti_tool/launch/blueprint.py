"""Every address of the door on one page."""

from flask import Blueprint

from lti_tool.launch import pages

door = Blueprint("door", __name__)
door.add_url_rule("/", "root", pages.root)
door.add_url_rule("/lti/login", "login", pages.login, methods=["GET", "POST"])
door.add_url_rule("/lti/login/<registration_id>", "login_for", pages.login, methods=["GET", "POST"])
door.add_url_rule("/lti/launch", "launch", pages.launch, methods=["POST"])
door.add_url_rule("/lti/jwks.json", "jwks", pages.jwks)
