"""Awards: given once, never edited, revoked with a reason. The recipient is fixed when the award is made."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.badges.already_held import held_award, held_by, hold_badges
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awardable import awardable, target_of
from lti_tool.badges.events import AwardCorrected, holding_changed
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.db import db, public_id
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.audit import name_deeds
from lti_tool.people.deeds import note_deed, person_here
from lti_tool.words import to_say

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
        "repeats_not_allowed": Entry(
            409, "This badge is given to each person once", "The badge does not allow several awards to one person.",
            "whoever edits the badge", "Allow repeats on the badge's page, or leave the wish for a repeat out.",
        ),
    }
)  # fmt: skip

name_deeds(
    {
        "award.made": to_say("A badge was awarded"),
        "award.revoked": to_say("An award was revoked"),
        "award.corrected": to_say("An award was corrected: revoked, and made anew"),
    }
)


@dataclass(frozen=True)
class Recipient:
    """Who an award is for: a person of the guest book, an address, or both. Neither is refused.

    `name` is how whoever awards calls an address; it stands nowhere public. Addresses are kept in small letters: they
    are compared without regard to case, and looked up in an index.
    """

    person: str | None = None
    email: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if self.email is not None:
            object.__setattr__(self, "email", self.email.lower())


def award_badge(
    *, badge: str, recipient: Recipient, awarded_by: str | None = None, narrative: str | None = None,
    evidence: str | None = None, issued_on: datetime | None = None, expires: datetime | None = None,
    repeat: bool = False, award_id: str | None = None, promised: bool = False,
) -> Award:  # fmt: skip
    """Give `badge` to `recipient`. Raises `Problem` already_awarded when the person, or the address, holds it, unless
    this is to be a `repeat`, which the class must allow; and no_more_awards where class or issuer are archived, unless
    it was `promised` before (decision 43).

    Without an address the recipient is a random URL of ours, another one for each award (decision 15).
    """
    target = target_of(badge) if promised else awardable(badge)
    if repeat and not target.allows_repeats:
        raise Problem("repeats_not_allowed")
    award = _new_award(badge, recipient, award_id)
    award.awarded_by, award.narrative, award.evidence = awarded_by, narrative, evidence
    award.issued_on, award.expires, award.repeat = issued_on or clock.now(), expires, repeat
    if not repeat:
        _ask_that_nobody_holds_it(badge, recipient)
    ensure_keys(target.issuer)
    _add(award)
    note_deed("award.made", subject=award.id, organization=target.organization, scope=target.issuer)
    record(holding_changed(badge, _whose(award)))
    return award


def correct_award(
    award_id: str, *, recipient: Recipient, reason: str | None = None, narrative: str | None = None,
    evidence: str | None = None, issued_on: datetime | None = None, expires: datetime | None = None,
    awarded_by: str | None = None,
) -> Award:  # fmt: skip
    """Revoke an award and make the one that takes its place, linked to it, of an archived badge too (decision 43).
    Raises `Problem` as both steps do.
    """
    old = db.session.get(Award, award_id)
    if old is None:
        raise Problem("not_found", _("There is no such award."))
    target = target_of(old.badge_id)
    _revoke(award_id, reason)
    same = _whose(old) == (recipient.person, recipient.email)
    award = _new_award(old.badge_id, recipient, None)
    award.awarded_by, award.narrative, award.evidence = awarded_by, narrative, evidence
    award.issued_on, award.expires = issued_on or old.issued_on, expires
    award.repeat, award.corrects, award.shows_name = old.repeat, old.id, old.shows_name and same
    if not award.repeat:
        _ask_that_nobody_holds_it(old.badge_id, recipient)
    ensure_keys(target.issuer)
    _add(award)
    note_deed(
        "award.corrected", subject=award_id, organization=target.organization, scope=target.issuer,
        facts={"by": award.id},
    )  # fmt: skip
    if same:
        record(AwardCorrected(old.badge_id, award_id, award.id))
    record(holding_changed(old.badge_id, _whose(old), _whose(award)))
    return award


def revoke_award(award_id: str, *, reason: str | None = None) -> None:
    """Revoke once. Raises `Problem` not_found or already_revoked."""
    badge, whose = _revoke(award_id, reason)
    target = target_of(badge)
    note_deed("award.revoked", subject=award_id, organization=target.organization, scope=target.issuer)
    record(holding_changed(badge, whose))


def hold_award(award_id: str) -> None:
    """Nobody corrects or revokes it until this transaction ends. Whoever changes an award together with what it stands
    behind holds the award first.
    """
    db.session.execute(select(Award.id).where(Award.id == award_id).with_for_update(key_share=True)).all()


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
    record(holding_changed(award.badge_id, _whose(award)))
    return award_id


def _new_award(badge: str, recipient: Recipient, award_id: str | None) -> Award:
    if recipient.person is None and recipient.email is None:
        raise Problem("bad_request", _("An award needs a recipient."))
    return Award(
        id=award_id or public_id(), number=next_numbers(1)[0], badge_id=badge, person_id=recipient.person,
        recipient_email=recipient.email, recipient_name=recipient.name, salt=secrets.token_hex(16),
        recipient_url=None if recipient.email else address("recipients", public_id()),
    )  # fmt: skip


def _ask_that_nobody_holds_it(badge: str, recipient: Recipient) -> None:
    if recipient.person is None:
        hold_badges([badge])
    if held_by(badge, person=recipient.person, email=recipient.email):
        raise Problem("already_awarded")


def _add(award: Award) -> None:
    if award.expires is not None and award.expires <= award.issued_on:
        raise Problem("bad_request", _("An award cannot expire before it is issued."))
    try:
        with db.session.begin_nested():
            db.session.add(award)
            db.session.flush()
    except IntegrityError:
        raise Problem("already_awarded") from None


def _whose(award: Award) -> tuple[str | None, str | None]:
    return award.person_id, award.recipient_email


def _revoke(award_id: str, reason: str | None) -> tuple[str, tuple[str | None, str | None]]:
    """Answers the badge class of the award, and whose it was."""
    row = db.session.execute(
        update(Award)
        .where(Award.id == award_id, Award.revoked_at.is_(None))
        .values(
            revoked_at=clock.now(), revoked_by=person_here(),
            revocation_reason=reason[:REASON_LENGTH] if reason else None, revision=Award.revision + 1,
        )
        .returning(Award.badge_id, Award.person_id, Award.recipient_email)
    ).one_or_none()  # fmt: skip
    if row is None:
        known = db.session.scalar(select(Award.id).where(Award.id == award_id))
        raise Problem("already_revoked" if known else "not_found")
    return row[0], (row[1], row[2])
