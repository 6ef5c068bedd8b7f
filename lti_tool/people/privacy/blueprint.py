"""The addresses of these pages. `app.py` hangs `privacy` under `/admin`, and `own_data` under a visit's path and under
`/home`.
"""

from flask import Blueprint

from lti_tool.limits import limiter
from lti_tool.people.privacy import own_pages, pages

_OFTEN = "30 per minute"  # a file is work: this keeps noise away, and no more
_ONE = "/people/<person_id>"

privacy = Blueprint("privacy", __name__)
privacy.add_url_rule("/people", "people", pages.people)
privacy.add_url_rule(_ONE, "person", pages.person)
privacy.add_url_rule(f"{_ONE}/export", "export", limiter.limit(_OFTEN)(pages.export), methods=["POST"])
privacy.add_url_rule(f"{_ONE}/erasure", "erasure", pages.erasure)
privacy.add_url_rule(f"{_ONE}/erasure", "erase", pages.erase, methods=["POST"])

own_data = Blueprint("own_data", __name__)
own_data.add_url_rule("/my-data", "my_data", own_pages.my_data)
own_data.add_url_rule("/my-data.zip", "my_file", limiter.limit(_OFTEN)(own_pages.my_file))
