"""Awards: given once, never edited, revoked with a reason. The recipient is fixed when the award is made."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award, BadgeClass
from lti_tool.db import db, public_id
from lti_tool.errors import Entry, Problem, catalogue

REASON_LENGTH = 500

catalogue(
    {
        "already_awarded": Entry(
            409, "This person already holds the badge", "The badge was awarded to this person before.",
            "you", "Revoke the earlier award first, if this one shall take its place.",
        ),
        "already_revoked": Entry(
            409, "This award was revoked before", "A revoked award stays revoked.",
            "you", "Award the badge again if it shall count.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Recipient:
    """Who an award is for: a person of the guest book, an address, or both. Neither is refused."""

    person: str | None = None
    email: str | None = None


def award_badge(
    *, badge: str, recipient: Recipient, awarded_by: str | None = None, narrative: str | None = None,
    evidence: str | None = None, issued_on: datetime | None = None, expires: datetime | None = None,
) -> Award:  # fmt: skip
    """Give `badge` to `recipient`. Raises `Problem` already_awarded when the person, or the address, holds it.

    Without an address the recipient is a random URL of ours, another one for each award (decision 15).
    """
    if recipient.person is None and recipient.email is None:
        raise Problem("bad_request", "An award needs a recipient.")
    if recipient.person is None:
        hold_badges([badge])
        if held_award(badge=badge, email=recipient.email):
            raise Problem("already_awarded")
    award = Award(
        badge_id=badge, person_id=recipient.person, recipient_email=recipient.email,
        recipient_url=None if recipient.email else address("recipients", public_id()), salt=secrets.token_hex(16),
        issued_on=issued_on or clock.now(), expires=expires, narrative=narrative, evidence=evidence,
        awarded_by=awarded_by,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(award)
            db.session.flush()
    except IntegrityError:
        raise Problem("already_awarded") from None
    return award


def hold_badges(badges: Iterable[str]) -> None:
    """Nobody else awards these badges to an address until this transaction ends; in one order, so that none waits
    for another in a circle. For persons the database itself allows one award.
    """
    query = select(BadgeClass.id).where(BadgeClass.id.in_(set(badges))).order_by(BadgeClass.id)
    db.session.execute(query.with_for_update(key_share=True)).all()


def held_award(*, badge: str, person: str | None = None, email: str | None = None) -> str | None:
    """The id of the award of `badge` that `person` holds, or that the address holds for whom nobody is known yet."""
    holds = Award.person_id == person
    if person is None:
        holds = and_(Award.person_id.is_(None), Award.recipient_email == email)
    held = select(Award.id).where(Award.badge_id == badge, holds, Award.revoked_at.is_(None))
    return db.session.scalar(held.limit(1))


def revoke_award(award_id: str, *, reason: str | None = None) -> None:
    """Revoke once. Raises `Problem` not_found or already_revoked."""
    changed = db.session.execute(
        update(Award)
        .where(Award.id == award_id, Award.revoked_at.is_(None))
        .values(
            revoked_at=clock.now(),
            revocation_reason=reason[:REASON_LENGTH] if reason else None,
            revision=Award.revision + 1,
        )
        .returning(Award.id)
    ).scalar_one_or_none()
    if changed is None:
        known = db.session.scalar(select(Award.id).where(Award.id == award_id))
        raise Problem("already_revoked" if known else "not_found")


def is_revoked(award_id: str) -> bool:
    return db.session.scalar(select(Award.revoked_at).where(Award.id == award_id)) is not None


def award_to_person(award_id: str, *, person: str) -> str:
    """An award that went to an address becomes the person's, once the address is theirs (decision 6).

    Answers the award that then stands for it: the person's own where they hold the badge already.
    """
    award = db.session.get(Award, award_id)
    if award is None:
        raise Problem("not_found")
    held = held_award(badge=award.badge_id, person=person)
    if held and award.revoked_at is None:
        return held
    award.person_id = person
    db.session.flush()
    return award_id
