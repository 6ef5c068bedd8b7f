"""Every address of the door on one page."""

from flask import Blueprint

from lti_tool.launch import pages, privacy
from lti_tool.launch.deep_linking import lost
from lti_tool.launch.deep_linking import pages as picking
from lti_tool.launch.kept_words import said_kept
from lti_tool.launch.notices import pages as notices
from lti_tool.launch.registration import canvas, guides
from lti_tool.launch.registration import pages as registration

door = Blueprint("door", __name__)
door.add_app_template_global(said_kept)
door.add_url_rule("/", "root", pages.root)
door.add_url_rule("/lti/login", "login", pages.login, methods=["GET", "POST"])
door.add_url_rule("/lti/login/<registration_id>", "login_for", pages.login, methods=["GET", "POST"])
door.add_url_rule("/lti/launch", "launch", pages.launch, methods=["POST"])
door.add_url_rule("/lti/jwks.json", "jwks", pages.jwks)
door.add_url_rule("/lti/notices", "notices", notices.notices, methods=["POST"])
door.add_url_rule("/lti/register/<invite>", "register", registration.begin)
door.add_url_rule("/lti/register/<invite>/check", "register_check", registration.check, methods=["POST"])
door.add_url_rule("/lti/register/<invite>/confirm", "register_confirm", registration.confirm, methods=["POST"])
door.add_url_rule("/lti/canvas.json", "canvas_json", canvas.canvas_json)
door.add_url_rule("/lti/guides/", "guides", guides.index)
door.add_url_rule("/lti/guides/<lms>", "guide", guides.guide)

# The door's own pages inside a visit; `app.py` hangs them under its path.
inside = Blueprint("inside", __name__)
inside.add_url_rule("/pick", "pick", picking.pick)
inside.add_url_rule("/pick", "choose", picking.choose, methods=["POST"])
inside.add_url_rule("/pick/space", "pick_space", picking.create, methods=["POST"])
inside.add_url_rule("/pick/cancel", "cancel_pick", picking.cancel, methods=["POST"])
inside.add_url_rule("/link/<why>", "lost", lost.lost)
inside.add_url_rule("/privacy", "privacy", privacy.own)
inside.add_url_rule("/privacy/other", "privacy_other", privacy.other)
