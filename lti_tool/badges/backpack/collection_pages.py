"""A person's collections: making one, filling it, putting it in order, and showing it to others."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.backpack import collections as doing
from lti_tool.badges.backpack.collection_reads import collection_here, collections_of, entries_of
from lti_tool.badges.backpack.forms import CollectionForm
from lti_tool.badges.backpack.here import addresses_here, visit_that_changes
from lti_tool.badges.backpack.model import Collection
from lti_tool.badges.backpack.reads import held_by
from lti_tool.badges.hosted import address
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def collections() -> ResponseReturnValue:
    """GET /backpack/collections"""
    return _list(CollectionForm())


@needs(Permission.VISIT)
def begin() -> ResponseReturnValue:
    """POST /backpack/collections"""
    visit, form = visit_that_changes(), CollectionForm()
    if not form.validate_on_submit():
        return _list(form), 422
    with transaction():
        made = doing.begin_collection(visit.person, name=form.name.data, description=form.description.data or "").id
    return _to(made)


@needs(Permission.VISIT)
def collection(collection_id: str) -> ResponseReturnValue:
    """GET and POST /backpack/collections/<id>: its words"""
    found = _own(collection_id)
    form = CollectionForm(obj=found)
    if request.method == "POST":
        visit = visit_that_changes()
        if not form.validate_on_submit():
            return _page(found, form), 422
        with transaction():
            doing.word_collection(
                visit.person, collection_id, name=form.name.data, description=form.description.data or "",
                shows_name=form.shows_name.data,
            )  # fmt: skip
        return _to(collection_id, saved=1)
    return _page(found, form)


@needs(Permission.VISIT)
def add() -> ResponseReturnValue:
    """POST /backpack/collections/entries: a badge into the collection that was chosen"""
    visit_that_changes()
    chosen = request.form.get("collection", "")
    with transaction():
        doing.put_in(addresses_here(), chosen, request.form.get("badge", ""))
    return _to(chosen)


@needs(Permission.VISIT)
def take(collection_id: str, entry_id: str) -> ResponseReturnValue:
    """POST /backpack/collections/<id>/entries/<entry>/remove"""
    visit = visit_that_changes()
    with transaction():
        out = doing.take_from(visit.person, collection_id, entry_id)
    return _to(collection_id, out=out)


@needs(Permission.VISIT)
def move(collection_id: str, entry_id: str) -> ResponseReturnValue:
    """POST /backpack/collections/<id>/entries/<entry>/move"""
    visit = visit_that_changes()
    with transaction():
        doing.move_entry(visit.person, collection_id, entry_id, up=request.form.get("by") == "up")
    return _to(collection_id)


@needs(Permission.VISIT)
def share(collection_id: str) -> ResponseReturnValue:
    """POST /backpack/collections/<id>/share: `shared` is yes or no"""
    visit = visit_that_changes()
    with transaction():
        doing.share_collection(visit.person, collection_id, shared=request.form.get("shared") == "yes")
    return _to(collection_id)


@needs(Permission.VISIT)
def delete(collection_id: str) -> ResponseReturnValue:
    """POST /backpack/collections/<id>/delete"""
    visit = visit_that_changes()
    with transaction():
        doing.delete_collection(visit.person, collection_id)
    return redirect(page_url("backpack.collections", deleted=1), 303)


@needs(Permission.VISIT)
def ask_to_delete(collection_id: str) -> ResponseReturnValue:
    """GET /backpack/collections/<id>/delete: asks first"""
    return render_template("badges/backpack/delete.html", collection=_own(collection_id))


def _list(form: CollectionForm) -> str:
    return render_template(
        "badges/backpack/collections.html", collections=collections_of(current_visit().person), form=form
    )


def _page(found: Collection, form: CollectionForm) -> str:
    addresses = addresses_here()
    entries, held = entries_of(addresses, found.id), held_by(addresses)
    inside = {one.badge.ref for one in entries}
    left = sorted((one for one in held if one.ref not in inside), key=lambda one: one.name.casefold())
    out = next((one for one in left if one.ref == request.args.get("out")), None)
    return render_template(
        "badges/backpack/collection.html", collection=found, form=form, entries=entries, left=left, out=out,
        address=address("collections", found.id),
    )  # fmt: skip


def _to(collection_id: str, **words: object) -> ResponseReturnValue:
    return redirect(page_url("backpack.collection", collection_id=collection_id, **words), 303)


def _own(collection_id: str) -> Collection:
    found = collection_here(current_visit().person, collection_id)
    if found is None:
        raise Problem("not_found")
    return found
