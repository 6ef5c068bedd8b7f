"""Collections: badges that a person puts together, in their own order, to show them under one address."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from lti_tool import clock
from lti_tool.badges.backpack.model import Collection, CollectionEntry
from lti_tool.badges.backpack.reads import held_awards, held_imports
from lti_tool.badges.backpack.whose import Addresses
from lti_tool.badges.model import BADGE_NAME_LENGTH
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.names import clean_lines, clean_text

MOST_COLLECTIONS = 100
MOST_ENTRIES = 200
DESCRIPTION_LENGTH = 2000


def begin_collection(person: str, *, name: str, description: str = "") -> Collection:
    """A new one, empty and not shared. Raises `Problem` bad_request without a name, or collections_many."""
    held = select(func.count()).where(Collection.person_id == person)
    if (db.session.scalar(held) or 0) >= MOST_COLLECTIONS:
        raise Problem("collections_many")
    collection = Collection(person_id=person, name=_name(name))
    collection.description = clean_lines(description, DESCRIPTION_LENGTH)
    db.session.add(collection)
    db.session.flush()
    return collection


def word_collection(person: str, collection_id: str, *, name: str, description: str, shows_name: bool) -> None:
    """What it says of itself, and whether it names its owner. Raises `Problem` not_found or bad_request."""
    collection = hold_collection(person, collection_id)
    collection.name, collection.description = _name(name), clean_lines(description, DESCRIPTION_LENGTH)
    collection.shows_name = shows_name


def share_collection(person: str, collection_id: str, *, shared: bool) -> None:
    """Its public page is there from now on, or gone from now on."""
    hold_collection(person, collection_id).shared_at = clock.now() if shared else None


def delete_collection(person: str, collection_id: str) -> None:
    """The badges stay where they are."""
    collection = hold_collection(person, collection_id)
    db.session.execute(delete(CollectionEntry).where(CollectionEntry.collection_id == collection_id))
    db.session.delete(collection)


def put_in(addresses: Addresses, collection_id: str, ref: str) -> None:
    """Put a badge of the backpack at the end; one that is in there stays where it is.

    Raises `Problem` not_found for a collection or badge of somebody else, and collection_full.
    """
    hold_collection(addresses.person, collection_id)
    kind, _, badge = ref.partition(":")
    award, imported = (badge, None) if kind == "award" else (None, badge)
    known = held_awards(addresses, {badge}) if award else held_imports(addresses.person, {badge})
    if not known:
        raise Problem("not_found")
    entries = _entries(collection_id)
    if any((one.award_id, one.imported_id) == (award, imported) for one in entries):
        return
    if len(entries) >= MOST_ENTRIES:
        raise Problem("collection_full")
    last = entries[-1].position if entries else 0
    db.session.add(
        CollectionEntry(collection_id=collection_id, award_id=award, imported_id=imported, position=last + 1)
    )


def take_from(person: str, collection_id: str, entry_id: str) -> str:
    """Answers how a form would name the badge, to put it in again."""
    entry = _entry(person, collection_id, entry_id)
    db.session.delete(entry)
    return f"award:{entry.award_id}" if entry.award_id else f"imported:{entry.imported_id}"


def move_entry(person: str, collection_id: str, entry_id: str, *, up: bool) -> None:
    """Past the one before or behind it; at either end it stays."""
    moved = _entry(person, collection_id, entry_id)
    entries = _entries(collection_id)
    place = entries.index(moved)
    beside = place - 1 if up else place + 1
    if 0 <= beside < len(entries):
        other = entries[beside]
        moved.position, other.position = other.position, moved.position


def hold_collection(person: str, collection_id: str) -> Collection:
    """For a change: nobody else changes it until this transaction ends. Raises `Problem` not_found."""
    found = select(Collection).where(Collection.id == collection_id, Collection.person_id == person)
    collection = db.session.scalar(found.with_for_update())
    if collection is None:
        raise Problem("not_found")
    return collection


def _entry(person: str, collection_id: str, entry_id: str) -> CollectionEntry:
    hold_collection(person, collection_id)
    found = select(CollectionEntry).where(
        CollectionEntry.id == entry_id, CollectionEntry.collection_id == collection_id
    )
    entry = db.session.scalar(found)
    if entry is None:
        raise Problem("not_found")
    return entry


def _entries(collection_id: str) -> list[CollectionEntry]:
    found = select(CollectionEntry).where(CollectionEntry.collection_id == collection_id)
    return list(db.session.scalars(found.order_by(CollectionEntry.position, CollectionEntry.id)))


def _name(name: str) -> str:
    cleaned = clean_text(name, BADGE_NAME_LENGTH)
    if cleaned is None:
        raise Problem("bad_request", _("A collection needs a name."))
    return cleaned
