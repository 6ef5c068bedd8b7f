"""Replace Badge: one new revision, once, however often the button is pressed (DM-26)."""

from dataclasses import dataclass

from sqlalchemy import func, select

from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.model import Award, BadgeRevision
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import keep_picture, lay_ready
from lti_tool.badges.replacing.previews import Material
from lti_tool.badges.revisions import revise, words_of
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.storage import key_of
from lti_tool.words import to_say

name_deeds({"badge.replaced": to_say("A badge was replaced by another one")})


@dataclass(frozen=True)
class Replaced:
    """The revision that the badge has now. `already`: this very replacement had been made before."""

    revision: int
    already: bool


def lay_pictures_ready(material: Material) -> None:
    """Put the new picture where pictures lie: before the transaction, since writing files takes its time."""
    if picture := _picture(material):
        lay_ready(picture)


def count_awards(badge_id: str) -> int:
    """For the log. Before the transaction as well: it takes the longer the more there are."""
    return db.session.scalar(select(func.count()).where(Award.badge_id == badge_id)) or 0


def replace_badge(badge: BadgeFacts, material: Material, *, awards: int, by: str | None) -> Replaced:
    """Put the new badge in the place of the old one. Raises `Problem` badge_changed for a stale preview."""
    picture = _picture(material)
    pictures = keep_picture(picture) if picture else badge.pictures
    try:
        number = revise(badge.id, material.words, pictures, expected=material.revision, by=by)
    except Problem as stale:
        if stale.code == "badge_changed" and is_applied(material):
            return Replaced(material.revision + 1, already=True)
        raise
    note_deed(
        "badge.replaced", subject=badge.id, organization=badge.organization, scope=badge.issuer,
        facts={"from": material.revision, "to": number, "source": material.source.kind, "awards": awards},
    )  # fmt: skip
    return Replaced(number, already=False)


def is_applied(material: Material) -> bool:
    """Was the revision that followed made of this very material?"""
    made = db.session.get(BadgeRevision, (material.badge, material.revision + 1))
    if made is None:
        return False
    same_picture = material.png is None or made.png_key == key_of(material.png)
    return same_picture and words_of(made) == material.words


def _picture(material: Material) -> CleanPicture | None:
    """None where the present one stays."""
    if material.png is None or material.svg is None:
        return None
    return CleanPicture(material.png, material.svg)
