"""How many awards show the badge as it is now: counted, and some of them made anew to see it (DM-33).

All of them do at once, because an award points at its class and nothing baked is stored (decision 1). The count says
how many that is; reading and baking the latest ones says that it is so.
"""

from dataclasses import dataclass

from sqlalchemy import func, select

from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.hosted import public_award
from lti_tool.badges.model import Award
from lti_tool.badges.openbadge.baking import split_png
from lti_tool.badges.pictures_kept import kept_picture
from lti_tool.badges.pictures_shown import baked_picture
from lti_tool.db import db

_LOOKED_AT = 3


@dataclass(frozen=True)
class Spread:
    """`standing` awards are not revoked; `showing` of them show the badge, `looked_at` were made anew to see it."""

    standing: int
    showing: int
    looked_at: int
    revoked: int


def awards_that_show(badge: BadgeFacts) -> Spread:
    """Every standing award is taken to show the badge, but for those of the latest that are seen not to."""
    awards = select(func.count()).where(Award.badge_id == badge.id)
    given, revoked = (  # each is answered from an index alone
        db.session.scalar(query) or 0 for query in (awards, awards.where(Award.revoked_at.is_not(None)))
    )
    latest = (
        select(Award.id)
        .where(Award.badge_id == badge.id, Award.revoked_at.is_(None))
        .order_by(Award.issued_on.desc(), Award.id.desc())
        .limit(_LOOKED_AT)
    )
    seen = [_shows(award, badge) for award in db.session.scalars(latest).all()]
    standing = given - revoked
    return Spread(standing, standing - seen.count(False), len(seen), revoked)


def _shows(award_id: str, badge: BadgeFacts) -> bool:
    """Does what the world reads of this award say the badge's words, in the badge's picture?"""
    award = public_award(award_id)
    if award is None or award.revoked:
        return False
    said = award.badge
    same_words = (said.revision, said.name, said.description) == (badge.revision, badge.name, badge.description)
    return same_words and split_png(baked_picture(award, "png")) == split_png(kept_picture(badge.png_key))
