"""Where people land at `/home`, and the list of their Spaces. `app.py` hangs it under `/home` alone."""

from flask import Blueprint

from lti_tool.spaces import my_spaces

spaces_at_home = Blueprint("spaces_at_home", __name__)
spaces_at_home.add_url_rule("", "landing", my_spaces.landing)
spaces_at_home.add_url_rule("/spaces", "my_spaces", my_spaces.my_spaces)
