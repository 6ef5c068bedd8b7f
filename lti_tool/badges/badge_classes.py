"""Badge classes: made, changed, archived. What they say is kept as revisions (decision 1)."""

from flask_babel import gettext as _
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.badge_reads import BadgeFacts, Giving, badge_facts
from lti_tool.badges.issuers import ask_that_issuer_gives
from lti_tool.badges.model import BadgeClass
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import Pictures, keep_picture
from lti_tool.badges.revisions import BadgeWords, clean_words, first_revision, revise
from lti_tool.db import db, public_id, public_id_of
from lti_tool.errors import Problem
from lti_tool.people.audit import Fact, name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.people.made_once import one_at_a_time
from lti_tool.words import to_say

LONGEST_DAYS = 36_500

name_deeds(
    {
        "badge.defined": to_say("A badge was made"),
        "badge.edited": to_say("A badge was changed"),
        "badge.archived": to_say("A badge was archived"),
        "badge.restored": to_say("A badge was restored"),
    }
)


def create_badge(
    *, issuer: str, name: str, description: str, criteria: str, picture: CleanPicture, created_by: str | None = None,
    tags: tuple[str, ...] = (), once: str | None = None,
) -> BadgeClass:  # fmt: skip
    """A new badge class of a few words; see `define_badge`."""
    words = BadgeWords(name, description, criteria, tags=tags)
    return define_badge(issuer, words, picture=picture, created_by=created_by, once=once)


def define_badge(
    issuer: str, words: BadgeWords, *, picture: CleanPicture, created_by: str | None = None,
    giving: Giving | None = None, once: str | None = None,
) -> BadgeClass:  # fmt: skip
    """A new badge class with its first revision; the same `once` of the same person answers the same class. Raises
    `Problem` bad_request, and issuer_archived.
    """
    words, giving = clean_words(words), _checked(giving or Giving())
    badge_id = public_id()
    if once is not None and created_by is not None:
        one_at_a_time(created_by)
        badge_id = public_id_of(issuer, created_by, once)
        if (made := db.session.get(BadgeClass, badge_id)) is not None:
            return made
    organization = ask_that_issuer_gives(issuer).organization_id
    badge = BadgeClass(
        id=badge_id, issuer_id=issuer, created_by=created_by, allows_repeats=giving.allows_repeats,
        expires_after_days=giving.expires_after_days,
    )  # fmt: skip
    db.session.add(badge)
    db.session.flush()
    first_revision(badge.id, words, keep_picture(picture), by=created_by)
    note_deed("badge.defined", subject=badge.id, organization=organization, scope=issuer)
    return badge


def edit_badge(
    badge_id: str, words: BadgeWords, *, expected: int, picture: CleanPicture | None = None, by: str | None = None,
    giving: Giving | None = None,
) -> int:  # fmt: skip
    """Change what the class says, its picture where one is given, and how it may be given. Answers its revision.

    Raises `Problem` badge_changed where it does not stand at revision `expected` any more, and bad_request.
    """
    words = clean_words(words)
    before = hold_badge(badge_id)
    giving = _checked(giving or before.giving)
    if before.revision != expected:
        raise Problem("badge_changed")
    pictures = keep_picture(picture) if picture else before.pictures
    revision, facts = expected, _what_changes(before, words, pictures, giving)
    if facts.keys() & {"words", "picture"}:
        revision = revise(badge_id, words, pictures, expected=expected, by=by)
    badge = db.session.get_one(BadgeClass, badge_id)
    badge.allows_repeats, badge.expires_after_days = giving.allows_repeats, giving.expires_after_days
    db.session.flush()
    if facts:
        _note("badge.edited", before, {**facts, "revision": revision})
    return revision


def archive_badge(badge_id: str, *, archived: bool) -> None:
    """Archived, it is not offered for new objectives and awards any more; every award stays, and objectives that give
    it already go on (decision 43). False restores it.
    """
    before = hold_badge(badge_id)
    if archived == (before.archived_at is not None):
        return
    db.session.get_one(BadgeClass, badge_id).archived_at = clock.now() if archived else None
    db.session.flush()
    _note("badge.archived" if archived else "badge.restored", before)


def hold_badge(badge_id: str, *, from_awards_too: bool = False) -> BadgeFacts:
    """The badge class, which nobody else changes until this transaction ends; nor awards, `from_awards_too`.

    Raises `Problem` not_found.
    """
    row = select(BadgeClass.id).where(BadgeClass.id == badge_id)
    db.session.execute(row.with_for_update(key_share=not from_awards_too))
    found = badge_facts(badge_id)
    if found is None:
        raise Problem("not_found", _("There is no such badge."))
    return found


def _what_changes(before: BadgeFacts, words: BadgeWords, pictures: Pictures, giving: Giving) -> dict[str, Fact]:
    same = {
        "words": before.words == words, "picture": before.pictures == pictures, "giving": before.giving == giving,
    }  # fmt: skip
    return {part: True for part, stays in same.items() if not stays}


def _checked(giving: Giving) -> Giving:
    days = giving.expires_after_days
    if days is not None and not 1 <= days <= LONGEST_DAYS:
        raise Problem("bad_request", _("An award holds for at least a day and at most a hundred years."))
    return giving


def _note(deed: str, badge: BadgeFacts, facts: dict[str, Fact] | None = None) -> None:
    note_deed(deed, subject=badge.id, organization=badge.organization, scope=badge.issuer, facts=facts)
