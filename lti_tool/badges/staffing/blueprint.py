"""The addresses of these pages. `app.py` hangs `staffing` under a visit's path and under `/home`, and
`issuer_console` under `/admin`.
"""

from flask import Blueprint

from lti_tool.badges.staffing import admin_pages, pages
from lti_tool.limits import limiter

_TRIES = "30 per minute"
_STAFF = "/issuers/<issuer_id>/staff"
_INVITATION = _STAFF + "/invitations/<invitation_id>"

staffing = Blueprint("staffing", __name__)
staffing.add_url_rule(_STAFF, "staff", pages.staff)
staffing.add_url_rule(_STAFF + "/<person_id>/role", "change", pages.change, methods=["POST"])
staffing.add_url_rule(_STAFF + "/<person_id>/removal", "remove", pages.remove, methods=["GET", "POST"])
staffing.add_url_rule(_STAFF + "/invitations", "invite", limiter.limit(_TRIES)(pages.invite), methods=["POST"])
staffing.add_url_rule(_INVITATION + "/again", "again", limiter.limit(_TRIES)(pages.again), methods=["POST"])
staffing.add_url_rule(_INVITATION + "/withdrawal", "withdraw", pages.withdraw, methods=["POST"])

_ONE = "/issuers/<issuer_id>"
_INVITED = _ONE + "/invitations/<invitation_id>"

issuer_console = Blueprint("issuer_console", __name__)
issuer_console.add_url_rule("/issuers", "issuers", admin_pages.issuers)
issuer_console.add_url_rule("/issuers", "create", admin_pages.create, methods=["POST"])
issuer_console.add_url_rule(_ONE, "issuer", admin_pages.issuer)
issuer_console.add_url_rule(_ONE + "/staff", "give", admin_pages.give, methods=["POST"])
issuer_console.add_url_rule(_ONE + "/staff/<person_id>/role", "change", admin_pages.change, methods=["POST"])
issuer_console.add_url_rule(_ONE + "/invitations", "invite", admin_pages.invite, methods=["POST"])
issuer_console.add_url_rule(_INVITED + "/again", "again", admin_pages.again, methods=["POST"])
issuer_console.add_url_rule(_INVITED + "/withdrawal", "withdraw", admin_pages.withdraw, methods=["POST"])
issuer_console.add_url_rule(_ONE + "/restoration", "restore", admin_pages.restore, methods=["POST"])
