"""Giving a badge by hand to one address, and correcting what was given."""

from dataclasses import dataclass
from datetime import datetime

from lti_tool.badges.already_held import ask_free, hold_badges
from lti_tool.badges.awardable import awardable
from lti_tool.badges.awarding.reads import StaffAward
from lti_tool.badges.awards import Recipient, award_badge, correct_award
from lti_tool.badges.model import Award
from lti_tool.db import db, public_id_of


@dataclass(frozen=True)
class Gift:
    """What somebody filled in: to whom, and everything that the award says for good."""

    email: str | None
    name: str | None
    narrative: str | None
    evidence: str | None
    issued_on: datetime
    expires: datetime | None


def give(badge: str, gift: Gift, *, by: str, once: str) -> str:
    """Give the badge to the address. Answers the award; the same `once` of the same person answers the same award.

    Raises `Problem` already_awarded, unless the class allows repeats.
    """
    award_id = public_id_of(badge, by, once)
    target = awardable(badge)
    hold_badges([badge])
    recipient = Recipient(email=gift.email, name=gift.name)
    if db.session.get(Award, award_id) is not None:
        return award_id
    if not target.allows_repeats:
        ask_free(badge, gift.email or "")
    return award_badge(
        badge=badge, recipient=recipient, awarded_by=by, narrative=gift.narrative, evidence=gift.evidence,
        issued_on=gift.issued_on, expires=gift.expires, repeat=target.allows_repeats, award_id=award_id,
    ).id  # fmt: skip


def correct(award: StaffAward, gift: Gift, *, by: str, reason: str) -> str:
    """Revoke the award and give the one that takes its place. Answers the new one.

    It stays its holder's where the address stays; another address is somebody else's. Raises `Problem` already_revoked
    when the award does not stand any more, and already_awarded when the other address holds the badge.
    """
    same = gift.email is None or gift.email == award.address
    recipient = Recipient(award.person if same else None, award.address if same else gift.email, gift.name)
    if not same and not award.repeat:
        ask_free(award.badge, gift.email or "", but=award.id)
    return correct_award(
        award.id, recipient=recipient, reason=reason, narrative=gift.narrative, evidence=gift.evidence,
        issued_on=gift.issued_on, expires=gift.expires, awarded_by=by,
    ).id  # fmt: skip
