"""Deleting a badge class: only while nothing stands in the way, and whoever asks is told what does."""

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, delete, func, or_, select

from lti_tool.badges.awarding.model import UNDER_WAY, AwardBatch
from lti_tool.badges.backpack.model import CollectionEntry, ImportedBadge
from lti_tool.badges.badge_classes import hold_badge
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award, BadgeClass, BadgeRevision
from lti_tool.badges.pathways.model import Pathway, PathwayElement
from lti_tool.badges.uses import Use, uses_of
from lti_tool.db import db
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed
from lti_tool.words import numeral, to_say

catalogue(
    {
        "badge_in_the_way": Entry(
            409, "This badge cannot be deleted", "Something still stands on this badge.",
            "you", "Archive it: it is then offered no more, and all that was given stays. Nothing was changed.",
        ),
    }
)  # fmt: skip
name_deeds({"badge.deleted": to_say("A badge was deleted")})


@dataclass(frozen=True)
class InTheWay:
    """What keeps a badge class from being deleted. Revoked awards count too: their addresses answer for ever."""

    awards: int
    batches: int
    collections: int
    backpacks: int
    pathways: int
    uses: list[Use]

    def __bool__(self) -> bool:
        return bool(self.awards or self.batches or self.collections or self.backpacks or self.pathways or self.uses)

    @property
    def in_words(self) -> str:
        """A sentence that counts them, in the reader's language."""
        counts = (self.awards, self.batches, self.collections, self.backpacks, self.pathways, len(self.uses))
        words = (
            ngettext("%(count)s award", "%(count)s awards", counts[0], count=numeral(counts[0])),
            ngettext(
                "%(count)s table of awards under way", "%(count)s tables of awards under way", counts[1],
                count=numeral(counts[1]),
            ),
            ngettext("%(count)s collection", "%(count)s collections", counts[2], count=numeral(counts[2])),
            ngettext("%(count)s backpack", "%(count)s backpacks", counts[3], count=numeral(counts[3])),
            ngettext(
                "%(count)s pathway that names it", "%(count)s pathways that name it", counts[4],
                count=numeral(counts[4]),
            ),
            ngettext(
                "%(count)s Space that uses it", "%(count)s Spaces that use it", counts[5], count=numeral(counts[5])
            ),
        )  # fmt: skip
        found = [word for word, count in zip(words, counts, strict=True) if count]
        return str(_("In the way: %(what)s.", what=", ".join(found)))


def in_the_way_of(badge_id: str) -> InTheWay:
    """What names the badge class now; nothing of it means that it may be deleted."""
    awards = select(Award.id).where(Award.badge_id == badge_id)
    collections = select(func.count(CollectionEntry.collection_id.distinct()))
    return InTheWay(
        awards=_count(awards),
        batches=_count(
            select(AwardBatch.id).where(AwardBatch.badge_id == badge_id, AwardBatch.state.in_(UNDER_WAY))
        ),
        collections=db.session.scalar(collections.where(CollectionEntry.award_id.in_(awards))) or 0,
        backpacks=_count(select(ImportedBadge.id).where(ImportedBadge.badge_ref == address("badges", badge_id))),
        pathways=_count(_pathways_with(badge_id)),
        uses=uses_of(badge_id),
    )  # fmt: skip


def delete_badge(badge_id: str) -> None:
    """Raises `Problem` badge_in_the_way, which says what is, and not_found."""
    badge = hold_badge(badge_id, from_awards_too=True)
    obstacles = in_the_way_of(badge_id)
    if obstacles:
        raise Problem("badge_in_the_way", obstacles.in_words)
    for statement in (
        delete(AwardBatch).where(AwardBatch.badge_id == badge_id),  # looked at, and never given
        delete(BadgeRevision).where(BadgeRevision.badge_id == badge_id),
        delete(BadgeClass).where(BadgeClass.id == badge_id),
    ):
        db.session.execute(statement)
    note_deed("badge.deleted", subject=badge_id, organization=badge.organization, scope=badge.issuer)


def _pathways_with(badge_id: str) -> Select[str]:
    """As a step, one that can still be called back included, or as what completing gives."""
    steps = select(PathwayElement.pathway_id).where(PathwayElement.badge_id == badge_id)
    return select(Pathway.id).where(or_(Pathway.completion_badge_id == badge_id, Pathway.id.in_(steps)))


def _count(query: Select[str]) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
