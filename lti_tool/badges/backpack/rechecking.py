"""Asking again whether an imported badge still holds: on demand, and by the schedule a few at a time.

Whoever revokes a badge is believed at once. Whoever does not answer is given time: a server that is down for a week
takes nobody's badge away, one that is gone for a month does.
"""

import time
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import ColumnElement, select, update

from lti_tool import clock
from lti_tool.badges.backpack.importing import facts_found, original_of
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.weighing import checks_kept, is_given_to
from lti_tool.badges.backpack.whose import addresses_of
from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.verifying.checking import check_badge
from lti_tool.badges.verifying.given import given_again
from lti_tool.badges.verifying.verdict import Check, Outcome, Verdict
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.words import to_say

CHECKED_EVERY = timedelta(days=1)
PAUSE = timedelta(minutes=1)
UNANSWERED = timedelta(days=30)
_LONGEST_RUN = 240.0
_LAST_WORDS = {"revoked", "dates"}

_OTHER_BADGE = Check(
    "same badge", Outcome.FAILED, to_say("What is there now is another award than the one that was brought.")
)
_OTHER_PERSON = Check(
    "recipient", Outcome.FAILED, to_say("It was given to an address that is not proved to be yours now.")
)


def recheck_by_schedule() -> None:
    """Check those again that were not looked at for a day: so many in one run, and none twice."""
    until = time.monotonic() + _LONGEST_RUN
    for _ in range(current_app.extensions["settings"].imported_checks):
        with transaction():
            due = _claim(ImportedBadge.tried_at < clock.now() - CHECKED_EVERY)
        if due is None:
            return
        look_again(due)
        if time.monotonic() > until:
            return


def may_look_again(person: str, imported_id: str) -> bool:
    """Take the turn to check this badge now; False where it was checked a moment ago. Inside a transaction."""
    own = (ImportedBadge.id == imported_id) & (ImportedBadge.person_id == person)
    return _claim(own & (ImportedBadge.tried_at < clock.now() - PAUSE)) is not None


def look_again(imported_id: str) -> None:
    """Ask outside, then write down what came of it, in a transaction of its own.

    Raises `Problem` verify_busy: then nobody was asked, and nothing is written.
    """
    row = db.session.get_one(ImportedBadge, imported_id)
    try:
        verdict = check_badge(given_again(row.form, original_of(row)))
    except Problem as problem:
        if problem.code == "verify_busy":
            raise
        verdict, trouble = None, problem.code
    except KeyError:  # a storage that was restored without its newest files
        verdict, trouble = None, "original_missing"
    with transaction():
        if verdict is None:
            note_silence(imported_id, trouble)
        elif says_nothing(verdict):
            note_silence(imported_id, "badge_unreachable")
        else:
            note_verdict(imported_id, verdict)


def says_nothing(verdict: Verdict) -> bool:
    """Somebody did not answer, and nobody has said that the badge was revoked or is over. Pure."""
    failed = {check.name for check in verdict.checks if check.outcome is Outcome.FAILED}
    return verdict.silent and not verdict.valid and not failed & _LAST_WORDS


def note_silence(imported_id: str, trouble: str) -> None:
    """Nothing came that could be judged. What was found last stands, but not for ever."""
    row = db.session.get_one(ImportedBadge, imported_id)
    before = row.counts, row.expires
    row.trouble, row.tried_at = trouble, clock.now()
    row.counts = row.counts and row.checked_at > row.tried_at - UNANSWERED
    _tell_what_changed(row, before)


def note_verdict(imported_id: str, verdict: Verdict) -> None:
    """The badge counts from now on, or does not, as this verdict has it."""
    row = db.session.get_one(ImportedBadge, imported_id)
    before, against = (row.counts, row.expires), _against(row, verdict)
    verdict = Verdict((*against, *verdict.checks), verdict.award)
    row.counts = verdict.valid
    row.verdict, row.trouble = {"checks": checks_kept(verdict)}, None
    row.checked_at = row.tried_at = clock.now()
    if verdict.valid and verdict.award is not None:
        facts = facts_found(verdict.award)
        for name in ("badge_name", "issuer_name", "description", "issued_on", "expires"):
            setattr(row, name, facts[name])
    _tell_what_changed(row, before)


def _tell_what_changed(row: ImportedBadge, before: tuple[bool, datetime | None]) -> None:
    db.session.flush()
    if (row.counts, row.expires) != before:
        record(HoldingChanged(badge_ref=row.badge_ref, persons=(row.person_id,)))


def _against(row: ImportedBadge, verdict: Verdict) -> list[Check]:
    """What the checks cannot know: is it still the same award, and still this person's?"""
    if verdict.award is None:
        return []
    named = (verdict.award.id, verdict.award.badge.id, verdict.award.badge.issuer.id)
    if named != (row.award_ref, row.badge_ref, row.issuer_ref):
        return [_OTHER_BADGE]
    return [] if is_given_to(verdict.award, addresses_of(row.person_id).proven) else [_OTHER_PERSON]


def _claim(which: ColumnElement[bool]) -> str | None:
    """The one that waited longest, marked as tried so that nobody else takes it."""
    longest = select(ImportedBadge.id).where(which, ImportedBadge.removed_at.is_(None))
    longest = longest.order_by(ImportedBadge.tried_at).limit(1).with_for_update(skip_locked=True)
    return db.session.execute(
        update(ImportedBadge)
        .where(ImportedBadge.id == longest.scalar_subquery())
        .values(tried_at=clock.now())
        .returning(ImportedBadge.id)
    ).scalar_one_or_none()
