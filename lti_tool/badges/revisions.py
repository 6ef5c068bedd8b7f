"""What a badge class says, in revisions: whatever changes it writes one new row, however many awards there are
(decision 1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import update

from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH, BadgeClass, BadgeRevision
from lti_tool.badges.pictures_kept import Pictures
from lti_tool.badges.texts import clean_link, clean_prose
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.names import clean_text
from lti_tool.words import numeral, to_say

TAG_LENGTH = 60
MOST_TAGS = 30
MOST_ALIGNMENTS = 20
_ALIGNMENT_LENGTHS = {"name": 200, "url": 2000, "description": 1000, "framework": 200, "code": 100}

catalogue(
    {
        "badge_changed": Entry(
            409, "This badge was changed in the meantime",
            "Somebody has edited or replaced it since you opened the page.", "you",
            "Open it again and look at what it says now. Nothing was changed by you.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class BadgeWords:
    """What a badge class says. Criteria stand as text (Markdown), behind a link, or both.

    `achievement_type` is one of Open Badges 3.0's, such as `Certificate`. An alignment has a `name` and a `url`, and
    may have a `description`, a `framework` and a `code`.
    """

    name: str
    description: str
    criteria: str = ""
    criteria_url: str | None = None
    tags: tuple[str, ...] = ()
    alignments: tuple[Mapping[str, str], ...] = ()
    achievement_type: str | None = None


def first_revision(badge_id: str, words: BadgeWords, pictures: Pictures, *, by: str | None) -> None:
    """Raises `Problem` bad_request for words that no badge can have."""
    db.session.add(_row(badge_id, 1, clean_words(words), pictures, by))
    db.session.flush()


def revise(badge_id: str, words: BadgeWords, pictures: Pictures, *, expected: int, by: str | None) -> int:
    """One new revision, if the class still stands at revision `expected`. Answers its number.

    Raises `Problem` badge_changed when it does not, so that a stale page and a second click change nothing, and
    bad_request for words that no badge can have.
    """
    cleaned = clean_words(words)
    moved = db.session.execute(
        update(BadgeClass)
        .where(BadgeClass.id == badge_id, BadgeClass.revision == expected)
        .values(revision=expected + 1)
        .returning(BadgeClass.revision)
    ).scalar_one_or_none()
    if moved is None:
        raise Problem("badge_changed")
    db.session.add(_row(badge_id, moved, cleaned, pictures, by))
    db.session.flush()
    return moved


def clean_words(words: BadgeWords) -> BadgeWords:
    """The words as they are kept. Raises `Problem` bad_request, in a sentence for whoever wrote them."""
    name = clean_text(words.name, BADGE_NAME_LENGTH)
    if name is None:
        raise Problem("bad_request", _("A badge needs a name."))
    description, criteria = clean_prose(words.description), clean_prose(words.criteria)
    link = clean_link(words.criteria_url, to_say("The criteria's link"))
    if not description or not (criteria or link):
        raise Problem("bad_request", _("A badge needs a description and criteria: what it is and how it is earned."))
    if len(description) > TEXT_LENGTH or len(criteria) > TEXT_LENGTH:
        most = numeral(TEXT_LENGTH)
        raise Problem("bad_request", _("Description and criteria hold at most %(most)s characters.", most=most))
    kind = clean_text(words.achievement_type or "", 60)
    return BadgeWords(name, description, criteria, link, _tags(words.tags), _alignments(words.alignments), kind)


def _tags(tags: Sequence[str]) -> tuple[str, ...]:
    cleaned = [tag for tag in (clean_text(tag, TAG_LENGTH) for tag in tags) if tag]
    if len(cleaned) > MOST_TAGS:
        raise Problem("bad_request", _("A badge has at most %(most)s tags.", most=MOST_TAGS))
    return tuple(dict.fromkeys(cleaned))


def _alignments(alignments: Sequence[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
    if len(alignments) > MOST_ALIGNMENTS:
        raise Problem("bad_request", _("A badge has at most %(most)s alignments.", most=MOST_ALIGNMENTS))
    return tuple(_alignment(one) for one in alignments)


def _alignment(given: Mapping[str, str]) -> Mapping[str, str]:
    cleaned = {part: clean_text(given.get(part, ""), length) for part, length in _ALIGNMENT_LENGTHS.items()}
    cleaned["url"] = clean_link(given.get("url"), to_say("An alignment"))
    if not cleaned["name"] or not cleaned["url"]:
        raise Problem("bad_request", _("An alignment needs a name and a web address."))
    return {part: text for part, text in cleaned.items() if text}


def words_of(row: BadgeRevision) -> BadgeWords:
    """What a revision says."""
    return BadgeWords(
        row.name, row.description, row.criteria, row.criteria_url, tuple(row.tags), tuple(row.alignments),
        row.achievement_type,
    )  # fmt: skip


def _row(badge_id: str, number: int, words: BadgeWords, pictures: Pictures, by: str | None) -> BadgeRevision:
    return BadgeRevision(
        badge_id=badge_id, number=number, name=words.name, description=words.description, criteria=words.criteria,
        criteria_url=words.criteria_url, tags=list(words.tags), alignments=[dict(one) for one in words.alignments],
        achievement_type=words.achievement_type, png_key=pictures.png_key, svg_key=pictures.svg_key, made_by=by,
    )  # fmt: skip
