"""The addresses of these pages. `app.py` hangs them under a visit's path and under `/home`."""

from flask import Blueprint

from lti_tool.badges.backpack import collection_pages, import_pages, imported_pages, pages
from lti_tool.badges.backpack import problems as problems
from lti_tool.badges.verifying.how_often import asks_outside

backpack = Blueprint("backpack", __name__)

backpack.add_url_rule("/backpack", "backpack", pages.backpack)
backpack.add_url_rule("/backpack/awards/<award_id>", "award", pages.award)
backpack.add_url_rule("/backpack/awards/<award_id>/name", "name_on_award", pages.name_on_award, methods=["POST"])

backpack.add_url_rule("/backpack/import", "bring", asks_outside(import_pages.bring), methods=["GET", "POST"])
_IMPORTED = "/backpack/imported/<imported_id>"
backpack.add_url_rule(_IMPORTED, "imported", imported_pages.imported)
backpack.add_url_rule(f"{_IMPORTED}/original", "original", imported_pages.original)
backpack.add_url_rule(f"{_IMPORTED}/picture.png", "picture", imported_pages.picture)
backpack.add_url_rule(f"{_IMPORTED}/check", "check_again", asks_outside(imported_pages.check_again), methods=["POST"])
backpack.add_url_rule(f"{_IMPORTED}/remove", "remove", imported_pages.remove, methods=["POST"])
backpack.add_url_rule(f"{_IMPORTED}/restore", "restore", imported_pages.restore, methods=["POST"])

backpack.add_url_rule("/backpack/collections", "collections", collection_pages.collections)
backpack.add_url_rule("/backpack/collections", "begin", collection_pages.begin, methods=["POST"])
backpack.add_url_rule("/backpack/collections/entries", "add", collection_pages.add, methods=["POST"])
_COLLECTION = "/backpack/collections/<collection_id>"
backpack.add_url_rule(_COLLECTION, "collection", collection_pages.collection, methods=["GET", "POST"])
backpack.add_url_rule(f"{_COLLECTION}/share", "share", collection_pages.share, methods=["POST"])
backpack.add_url_rule(f"{_COLLECTION}/delete", "ask_to_delete", collection_pages.ask_to_delete)
backpack.add_url_rule(f"{_COLLECTION}/delete", "delete", collection_pages.delete, methods=["POST"])
backpack.add_url_rule(f"{_COLLECTION}/entries/<entry_id>/remove", "take", collection_pages.take, methods=["POST"])
backpack.add_url_rule(f"{_COLLECTION}/entries/<entry_id>/move", "move", collection_pages.move, methods=["POST"])
