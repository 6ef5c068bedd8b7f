"""The badge that completing a pathway gives, to everybody at once who has just completed it."""

import secrets
from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, and_, func, select

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awardable import target_of
from lti_tool.badges.awards import Recipient
from lti_tool.badges.backpack.whose import holders_of
from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.db import db, insert_into, public_id
from lti_tool.outbox import record
from lti_tool.people.deeds import note_deed

_AT_ONCE = 2_000


def give_for_completion(badge: str, recipients: Sequence[Recipient]) -> dict[str, str]:
    """{person: the award that stands for it}. Whoever holds the badge already keeps theirs, and is given none; nor is
    anybody to whom somebody else gives it at this moment. The badge was promised (decision 43).
    """
    persons = [one.person for one in recipients if one.person]
    held = _held(badge, persons)
    new = [one for one in recipients if one.person and one.person not in held]
    if not new:
        return held
    target = target_of(badge)
    ensure_keys(target.issuer)
    _insert([_row(badge, one, number) for one, number in zip(new, next_numbers(len(new)), strict=True)])
    given = _held(badge, [one.person for one in new if one.person])
    for award in given.values():
        note_deed("award.made", subject=award, organization=target.organization, scope=target.issuer)
    record(HoldingChanged(badge=badge, persons=tuple(sorted(given))))
    return held | given


def _held(badge: str, persons: Sequence[str]) -> dict[str, str]:
    """{person: award} of those who hold it, one that has run out included: it is not given anew."""
    holding = holders_of(and_(Award.badge_id == badge, Award.revoked_at.is_(None))).subquery()
    found: dict[str, str] = {}
    for start in range(0, len(persons), _AT_ONCE):
        here = holding.c.holder.in_(persons[start : start + _AT_ONCE])
        rows = select(holding.c.holder, func.min(holding.c.award)).where(here).group_by(holding.c.holder)
        found |= {row[0]: row[1] for row in db.session.execute(rows)}
    return found


def _insert(rows: Sequence[dict[str, Any]]) -> None:
    table = cast(Table, Award.__table__)
    insert = insert_into(table).on_conflict_do_nothing()
    db.session.flush()
    for start in range(0, len(rows), _AT_ONCE):
        db.session.connection().execute(insert, rows[start : start + _AT_ONCE])


def _row(badge: str, recipient: Recipient, number: int) -> dict[str, Any]:
    return {
        "id": public_id(), "number": number, "badge_id": badge, "person_id": recipient.person,
        "recipient_email": recipient.email, "recipient_name": None,
        "recipient_url": None if recipient.email else address("recipients", public_id()),
        "salt": secrets.token_hex(16), "issued_on": clock.now(), "expires": None, "narrative": None, "evidence": None,
        "revision": 1, "repeat": False, "shows_name": False, "revoked_at": None, "revoked_by": None,
        "revocation_reason": None, "corrects": None, "batch_id": None, "awarded_by": None,
    }  # fmt: skip
