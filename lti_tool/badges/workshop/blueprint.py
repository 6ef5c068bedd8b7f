"""Every address of these pages. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.workshop import badge_pages, history_pages, issuer_pages, making_pages

workshop = Blueprint("workshop", __name__)

workshop.add_url_rule("/issuers", "issuers", issuer_pages.issuers)
workshop.add_url_rule("/issuers/<issuer_id>", "issuer", issuer_pages.issuer)
workshop.add_url_rule("/issuers/<issuer_id>/profile", "profile", issuer_pages.profile, methods=["GET", "POST"])
workshop.add_url_rule("/issuers/<issuer_id>/archive", "archive_issuer", issuer_pages.archive, methods=["POST"])
workshop.add_url_rule("/issuers/<issuer_id>/history", "history", history_pages.history)

workshop.add_url_rule("/issuers/<issuer_id>/badges/new", "new_badge", making_pages.new, methods=["GET", "POST"])
workshop.add_url_rule("/badges/<badge_id>", "badge", badge_pages.badge)
workshop.add_url_rule("/badges/<badge_id>/edit", "edit_badge", making_pages.edit, methods=["GET", "POST"])
workshop.add_url_rule("/badges/<badge_id>/archive", "archive_badge", badge_pages.archive, methods=["POST"])
workshop.add_url_rule("/badges/<badge_id>/delete", "delete_badge", badge_pages.delete, methods=["GET", "POST"])
