"""The public page of a shared collection: no login, no cookie, and no word about anybody who did not want one.

It is there while the collection is shared. What it shows of imported badges is where they come from, and their picture.
"""

from flask import Blueprint, current_app, make_response, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.badges.answers import open_to_everybody, refuse_openly
from lti_tool.badges.backpack.collection_reads import SharedCollection, shared_collection, shared_picture
from lti_tool.badges.hosted import address
from lti_tool.badges.pictures_kept import kept_picture
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs

public_collections = Blueprint("public_collections", __name__, url_prefix="/public/collections")
public_collections.after_request(open_to_everybody)
public_collections.register_error_handler(Problem, refuse_openly)


@needs(Permission.PUBLIC)
def collection(collection_id: str) -> ResponseReturnValue:
    """GET /public/collections/<id>"""
    found = shared_collection(collection_id)
    if found is None:
        raise Problem("public_unknown")
    return render_template(
        "badges/backpack/shared.html", collection=found, address=address("collections", collection_id),
        first_picture=_first_picture(found), verify=f"{current_app.extensions['settings'].public_url}/verify",
    )  # fmt: skip


@needs(Permission.PUBLIC)
def picture(collection_id: str, entry_id: str) -> Response:
    """GET /public/collections/<id>/<entry>.png: the picture of an imported badge, cleaned"""
    key = shared_picture(collection_id, entry_id)
    try:
        response = make_response(kept_picture(key or ""))
    except KeyError:
        raise Problem("public_unknown") from None
    response.mimetype = "image/png"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-cache"
    return response


def _first_picture(found: SharedCollection) -> str | None:
    """What a post that names the page shows of it."""
    if not found.entries:
        return None
    first = found.entries[0]
    if first.badge.badge is None:
        return f"{address('collections', found.id)}/{first.id}.png"
    return f"{address('badges', first.badge.badge)}/image.png"


public_collections.add_url_rule("/<collection_id>", "collection", collection)
public_collections.add_url_rule("/<collection_id>/<entry_id>.png", "picture", picture)
