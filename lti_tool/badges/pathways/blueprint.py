"""Every address of these pages. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.pathways import pages, step_pages
from lti_tool.badges.verifying.how_often import asks_outside

pathways = Blueprint("pathways", __name__)

_both = ["GET", "POST"]
pathways.add_url_rule("/issuers/<issuer_id>/pathways", "pathways", pages.pathways)
pathways.add_url_rule("/issuers/<issuer_id>/pathways/new", "new", pages.new, methods=_both)

_one = "/issuer-pathways/<pathway_id>"
pathways.add_url_rule(_one, "pathway", pages.pathway)
pathways.add_url_rule(f"{_one}/edit", "edit", pages.edit, methods=_both)
pathways.add_url_rule(f"{_one}/archive", "archive", pages.archive, methods=["POST"])
pathways.add_url_rule(f"{_one}/delete", "delete", pages.delete, methods=_both)
pathways.add_url_rule(f"{_one}/steps/new", "new_step", asks_outside(step_pages.new_step), methods=_both)

_step = f"{_one}/steps/<element_id>"
pathways.add_url_rule(_step, "group", step_pages.group, methods=_both)
pathways.add_url_rule(f"{_step}/move", "move", step_pages.move, methods=["POST"])
pathways.add_url_rule(f"{_step}/remove", "remove", step_pages.remove, methods=["POST"])
pathways.add_url_rule(f"{_step}/restore", "restore", step_pages.restore, methods=["POST"])
