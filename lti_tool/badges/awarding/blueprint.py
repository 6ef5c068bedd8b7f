"""Every address of awarding by hand on one page. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.awarding import award_pages, batch_pages, give_pages, list_pages

awarding = Blueprint("awarding", __name__)

awarding.add_url_rule("/badges/<badge_id>/give", "give", give_pages.give, methods=["GET", "POST"])

awarding.add_url_rule("/badges/<badge_id>/awards", "badge_awards", list_pages.badge_awards)
awarding.add_url_rule("/issuers/<issuer_id>/awards", "issuer_awards", list_pages.issuer_awards)

_award = "/badges/<badge_id>/awards/<award_id>"
awarding.add_url_rule(_award, "award", award_pages.award)
awarding.add_url_rule(f"{_award}/revoke", "revoke", award_pages.revoke, methods=["GET", "POST"])
awarding.add_url_rule(f"{_award}/correct", "correct", award_pages.correct, methods=["GET", "POST"])

_batches = "/badges/<badge_id>/batches"
_batch = f"{_batches}/<batch_id>"
awarding.add_url_rule(_batches, "batches", batch_pages.batches)
awarding.add_url_rule(_batches, "upload", batch_pages.upload, methods=["POST"])
awarding.add_url_rule(_batch, "batch", batch_pages.batch)
awarding.add_url_rule(f"{_batch}/mapping", "map_batch", batch_pages.map_columns, methods=["POST"])
awarding.add_url_rule(f"{_batch}/give", "give_batch", batch_pages.give, methods=["POST"])
awarding.add_url_rule(f"{_batch}/drop", "drop_batch", batch_pages.drop, methods=["POST"])
awarding.add_url_rule(f"{_batch}/undo", "undo_batch", batch_pages.undo, methods=["GET", "POST"])
awarding.add_url_rule(f"{_batch}/outcomes.csv", "outcomes", batch_pages.outcomes)
