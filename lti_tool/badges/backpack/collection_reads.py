"""What the pages of collections show: to their owner everything, to everybody else what still holds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from lti_tool.badges.backpack.model import Collection, CollectionEntry, ImportedBadge
from lti_tool.badges.backpack.reads import held_awards, held_imports
from lti_tool.badges.backpack.shelf import Held, State
from lti_tool.badges.backpack.whose import Addresses, addresses_of
from lti_tool.db import db
from lti_tool.people.model import Person


@dataclass(frozen=True)
class CollectionLine:
    """One collection in its owner's list."""

    id: str
    name: str
    entries: int
    shared_at: datetime | None


@dataclass(frozen=True)
class Entry:
    """One badge of a collection. `source` is the address of an imported one where it comes from."""

    id: str
    badge: Held
    source: str | None = None


@dataclass(frozen=True)
class SharedCollection:
    """What everybody sees who has the address. `holder` is there only where its owner wants to be named."""

    id: str
    name: str
    description: str
    holder: str | None
    entries: list[Entry]


def collections_of(person: str) -> list[CollectionLine]:
    """By name."""
    count = select(func.count()).where(CollectionEntry.collection_id == Collection.id).scalar_subquery()
    rows = db.session.execute(
        select(Collection.id, Collection.name, count, Collection.shared_at).where(Collection.person_id == person)
    )
    return sorted((CollectionLine(*row) for row in rows), key=lambda one: (one.name.casefold(), one.id))


def collection_here(person: str, collection_id: str) -> Collection | None:
    """A collection of this person, to look at."""
    return db.session.scalar(select(Collection).where(Collection.id == collection_id, Collection.person_id == person))


def entries_of(addresses: Addresses, collection_id: str) -> list[Entry]:
    """The badges of a collection in their order: those that are still in its owner's backpack."""
    row, imported = CollectionEntry, ImportedBadge
    found = db.session.execute(
        select(row.id, row.award_id, row.imported_id, imported.source_url)
        .outerjoin(imported, imported.id == row.imported_id)
        .where(row.collection_id == collection_id)
        .order_by(row.position, row.id)
    ).all()
    badges: dict[str, Held] = {}
    for held in held_awards(addresses, {award for _, award, _, _ in found if award}):
        badges[held.id] = held
    for held in held_imports(addresses.person, {one for _, _, one, _ in found if one}):
        badges[held.id] = held
    placed = ((entry, badges.get(award or brought or ""), source) for entry, award, brought, source in found)
    return [Entry(entry, badge, source) for entry, badge, source in placed if badge is not None]


def shared_collection(collection_id: str) -> SharedCollection | None:
    """A collection that is shared now, without what was revoked or does not count any more."""
    row: Any = db.session.execute(
        select(Collection, Person.name)
        .join(Person, Person.id == Collection.person_id)
        .where(Collection.id == collection_id, Collection.shared_at.is_not(None), Person.disabled_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    shown = entries_of(addresses_of(row.Collection.person_id), collection_id)
    return SharedCollection(
        collection_id, row.Collection.name, row.Collection.description,
        row.name if row.Collection.shows_name else None,
        [one for one in shown if one.badge.state in (State.VALID, State.EXPIRED)],
    )  # fmt: skip


def shared_picture(collection_id: str, entry_id: str) -> str | None:
    """The key of the picture of an imported badge that a shared collection shows."""
    shared = shared_collection(collection_id)
    brought = [one.badge.id for one in shared.entries if one.id == entry_id and one.badge.imported] if shared else []
    if not brought:
        return None
    return db.session.scalar(select(ImportedBadge.picture_key).where(ImportedBadge.id == brought[0]))
