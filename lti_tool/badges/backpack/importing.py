"""Bringing in a badge from elsewhere: what was found is kept as a row, and what was brought as it came.

Nothing is kept of what does not count. The checks go outside, so they are made before any transaction begins.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, select, update

from lti_tool import clock
from lti_tool.badges.backpack.model import CollectionEntry, ImportedBadge
from lti_tool.badges.backpack.weighing import checks_kept
from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import cleaned_picture, drawn_picture
from lti_tool.badges.verifying.checking import Given
from lti_tool.badges.verifying.given import bytes_of, form_of
from lti_tool.badges.verifying.verdict import FoundAward, Verdict
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.kept_files import forget_files, keep_file
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.model import Person
from lti_tool.people.names import clean_lines, clean_text
from lti_tool.retention import in_slices
from lti_tool.storage import storage_here
from lti_tool.words import to_say

KEPT_AFTER_REMOVAL = timedelta(days=1)
_REF_LENGTH = 500
_URL_LENGTH = 2000
_AT_ONCE = 500

name_deeds({"badge.imported": to_say("Brought a badge from elsewhere into a backpack")})


def ask_for_place(person: str, award: FoundAward) -> None:
    """Whether it can be kept at all, before anything is. Raises `Problem` backpack_full or badge_names_unusable."""
    _row_with_room(person, facts_found(award)["award_ref"])


def picture_found(given: Given, award: FoundAward) -> CleanPicture:
    """What to show of its badge, cleaned: the badge's own picture, else the one that was brought, else a drawing.
    Takes its time: before the transaction that keeps it.
    """
    for found in (award.badge.picture, bytes_of(given) if given.kind == "image" else None):
        try:
            if found:
                return cleaned_picture(found)
        except Problem:
            continue
    return drawn_picture(award.badge.id)


def take_in(
    person: str, organization: str, given: Given, verdict: Verdict, picture: CleanPicture
) -> ImportedBadge:  # fmt: skip
    """The entry of a badge that counts: a new one, or the one that was there, brought up to date. What was brought is
    kept byte for byte, with the picture to show.

    Raises `Problem` backpack_full or badge_names_unusable.
    """
    found = verdict.award
    if found is None:
        raise ValueError("A verdict without an award never counts.")
    facts, now = _facts(given, found), clock.now()
    db.session.scalar(select(Person.id).where(Person.id == person).with_for_update())  # the same one twice at once
    row = _row_with_room(person, facts["award_ref"])
    if row is None:
        row = ImportedBadge(person_id=person)
        db.session.add(row)
    before = {row.original_key, row.picture_key}
    for name, value in facts.items():
        setattr(row, name, value)
    row.original_key, row.picture_key = keep_file(bytes_of(given)), keep_file(picture.png)
    row.counts, row.verdict, row.trouble, row.removed_at = True, {"checks": checks_kept(verdict)}, None, None
    row.checked_at = row.tried_at = now
    db.session.flush()
    forget_files(before)
    note_deed("badge.imported", subject=row.id, organization=organization, facts={"form": row.form})
    record(HoldingChanged(badge_ref=row.badge_ref, persons=(person,)))
    return row


def take_out(person: str, imported_id: str) -> None:
    """Out of the backpack and out of every collection; for a day it can be put back. Raises `Problem` not_found."""
    _mark(ImportedBadge.removed_at.is_(None), person, imported_id, removed_at=clock.now())


def put_back(person: str, imported_id: str) -> None:
    """Raises `Problem` not_found once the day is over, or backpack_full."""
    _ask_for_room(person)
    _mark(ImportedBadge.removed_at.is_not(None), person, imported_id, removed_at=None)


def sweep_removed() -> None:
    """Forget what was taken out a day ago, and the files that were kept of it. Runs on the schedule."""
    in_slices(forget_some_removed)


def forget_some_removed() -> int:
    """Answers how many."""
    with transaction():
        over = select(ImportedBadge.id, ImportedBadge.original_key, ImportedBadge.picture_key).where(removed_are_over())
        gone = db.session.execute(over.limit(_AT_ONCE)).all()
        ids = [row.id for row in gone]
        db.session.execute(delete(CollectionEntry).where(CollectionEntry.imported_id.in_(ids)))
        db.session.execute(delete(ImportedBadge).where(ImportedBadge.id.in_(ids)))
        forget_files(key for row in gone for key in (row.original_key, row.picture_key))
    return len(gone)


def removed_are_over() -> ColumnElement[bool]:
    return ImportedBadge.removed_at < clock.now() - KEPT_AFTER_REMOVAL


def original_of(row: ImportedBadge) -> bytes:
    return storage_here().get(row.original_key)


def picture_of(row: ImportedBadge) -> bytes:
    return storage_here().get(row.picture_key or "")


def facts_found(found: FoundAward) -> dict[str, Any]:
    """What an award says of itself, fit to be kept and shown. Raises `Problem` badge_names_unusable."""
    badge, issuer = found.badge, found.badge.issuer
    return {
        "standard": found.standard.value, "award_ref": _ref(found.id), "badge_ref": _ref(badge.id),
        "issuer_ref": _ref(issuer.id), "badge_name": clean_text(badge.name) or badge.id[:200],
        "issuer_name": clean_text(issuer.name) or issuer.id[:200],
        "description": clean_lines(badge.description, TEXT_LENGTH),
        "issued_on": _moment(found.issued_on), "expires": _moment(found.expires),
    }  # fmt: skip


def _facts(given: Given, found: FoundAward) -> dict[str, Any]:
    source = bytes_of(given).decode() if given.kind == "url" else found.id
    is_address = source.startswith(("https://", "http://")) and len(source) <= _URL_LENGTH and source.isprintable()
    return {**facts_found(found), "form": form_of(given), "source_url": source if is_address else None}


def _ref(value: str) -> str:
    if not value or len(value) > _REF_LENGTH or not value.isprintable():
        raise Problem("badge_names_unusable")
    return value


def _moment(value: datetime | None) -> datetime | None:
    """In UTC; None for one that no calendar of ours knows there."""
    try:
        return value.astimezone(UTC) if value and value.tzinfo else value.replace(tzinfo=UTC) if value else None
    except OverflowError:
        return None


def _row_with_room(person: str, award_ref: str) -> ImportedBadge | None:
    """The entry that this award has already, in the backpack or taken out of it."""
    row = db.session.scalar(
        select(ImportedBadge).where(ImportedBadge.person_id == person, ImportedBadge.award_ref == award_ref)
    )
    if row is None or row.removed_at is not None:
        _ask_for_room(person)
    return row


def _ask_for_room(person: str) -> None:
    held = select(func.count()).where(ImportedBadge.person_id == person, ImportedBadge.removed_at.is_(None))
    if (db.session.scalar(held) or 0) >= current_app.extensions["settings"].imported_badges:
        raise Problem("backpack_full")


def _mark(state: ColumnElement[bool], person: str, imported_id: str, **values: Any) -> None:
    changed = db.session.execute(
        update(ImportedBadge)
        .where(ImportedBadge.id == imported_id, ImportedBadge.person_id == person, state)
        .values(**values)
        .returning(ImportedBadge.badge_ref)
    ).scalar_one_or_none()
    if changed is None:
        raise Problem("not_found")
    record(HoldingChanged(badge_ref=changed, persons=(person,)))
