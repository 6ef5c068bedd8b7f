"""The page of a badge that was brought from elsewhere, and what its holder does there."""

from collections.abc import Callable

from flask import make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.badges.answers import file_name
from lti_tool.badges.backpack.collection_reads import collections_of
from lti_tool.badges.backpack.here import visit_that_changes
from lti_tool.badges.backpack.importing import original_of, picture_of, put_back, take_out
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.reads import imported_badge
from lti_tool.badges.backpack.rechecking import look_again, may_look_again
from lti_tool.badges.backpack.shelf import state_of
from lti_tool.badges.backpack.weighing import checks_shown
from lti_tool.clock import now
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit

_SEALED = "default-src 'none'; sandbox"
_ENDINGS = {"url": "txt"}


@needs(Permission.VISIT)
def imported(imported_id: str) -> ResponseReturnValue:
    """GET /backpack/imported/<id>"""
    badge = _own(imported_id)
    return render_template(
        "badges/backpack/imported.html", badge=badge, checks=checks_shown(badge.verdict),
        collections=collections_of(badge.person_id),
        state=state_of(expires=badge.expires, now=now(), counts=badge.counts),
    )  # fmt: skip


@needs(Permission.VISIT)
def check_again(imported_id: str) -> ResponseReturnValue:
    """POST /backpack/imported/<id>/check: at most once a minute"""
    visit = visit_that_changes()
    _own(imported_id)
    with transaction():
        may = may_look_again(visit.person, imported_id)
    if may:
        look_again(imported_id)
    return redirect(page_url("backpack.imported", imported_id=imported_id, checked="now" if may else "before"), 303)


@needs(Permission.VISIT)
def remove(imported_id: str) -> ResponseReturnValue:
    """POST /backpack/imported/<id>/remove"""
    visit = visit_that_changes()
    with transaction():
        take_out(visit.person, imported_id)
    return redirect(page_url("backpack.backpack", removed=imported_id), 303)


@needs(Permission.VISIT)
def restore(imported_id: str) -> ResponseReturnValue:
    """POST /backpack/imported/<id>/restore: the undo of taking it out"""
    visit = visit_that_changes()
    with transaction():
        put_back(visit.person, imported_id)
    return redirect(page_url("backpack.imported", imported_id=imported_id), 303)


@needs(Permission.VISIT)
def original(imported_id: str) -> Response:
    """GET /backpack/imported/<id>/original: byte for byte what was brought, and nothing that a browser would run"""
    badge = _own(imported_id)
    return _file(original_of, badge, "application/octet-stream", _ENDINGS.get(badge.form, badge.form), "attachment")


@needs(Permission.VISIT)
def picture(imported_id: str) -> Response:
    """GET /backpack/imported/<id>/picture.png: cleaned when it was brought"""
    return _file(picture_of, _own(imported_id), "image/png", "png", "inline")


def _file(
    read: Callable[[ImportedBadge], bytes], badge: ImportedBadge, kind: str, ending: str, way: str
) -> Response:  # fmt: skip
    """A file that a browser only shows or saves. Raises `Problem` not_found where its bytes are gone."""
    try:
        response = make_response(read(badge))
    except KeyError:
        raise Problem("not_found") from None
    response.mimetype = kind
    response.headers["Content-Disposition"] = f'{way}; filename="{file_name(badge.badge_name)}.{ending}"'
    response.headers["Content-Security-Policy"] = _SEALED
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _own(imported_id: str) -> ImportedBadge:
    badge = imported_badge(current_visit().person, imported_id)
    if badge is None:
        raise Problem("not_found")
    return badge
