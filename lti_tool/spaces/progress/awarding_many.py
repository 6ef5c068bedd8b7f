"""The badge of one objective for many learners at once: whoever holds it keeps theirs, everybody else is given one."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from lti_tool import clock
from lti_tool.badges.already_held import hold_badges
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awardable import Awardable, target_of
from lti_tool.badges.backpack.whose import holders_of
from lti_tool.badges.events import HoldingChanged
from lti_tool.badges.hosted import address
from lti_tool.badges.model import Award
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.db import db, public_id
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.outbox import record
from lti_tool.people.deeds import person_here
from lti_tool.spaces.snapshot import chunks
from lti_tool.words import to_say

_AWARD = cast(Table, Award.__table__)
_REASON = to_say("Given by mistake, and taken back.")

catalogue(
    {
        "awarded_meanwhile": Entry(
            409, "Somebody else gave this badge just now", "One of these learners was given the badge at this moment.",
            "you", "Press the button again: whoever has it already is left out. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass
class Earner:
    """One learner who is about to complete it. `award` may be one from before that still counts."""

    member: str
    person: str | None
    email: str | None
    completion: str | None
    award: str | None
    gave: bool


def award_many(badge: str, rows: Sequence[Earner], *, gives: bool, by: str | None) -> None:
    """Whoever holds the badge keeps that award; others are given one, where the objective `gives` it."""
    hold_badges([badge])
    persons, addresses = _held(badge, [row.email for row in rows if row.person is None and row.email])
    for row in rows:
        if row.award is None:
            row.award = persons.get(row.person) if row.person else addresses.get(row.email or "")
    new = [row for row in rows if row.award is None]
    if gives and new:
        _give(target_of(badge), new, by)


def revoke_many(badge: str, awards: Sequence[str]) -> None:
    """Those of them that are not revoked yet."""
    told = list[tuple[str | None, str | None]]()
    for some in chunks(awards):
        gone = (
            update(Award)
            .where(Award.id.in_(some), Award.revoked_at.is_(None))
            .values(
                revoked_at=clock.now(), revoked_by=person_here(), revocation_reason=_REASON,
                revision=Award.revision + 1,
            )
            .returning(Award.person_id, Award.recipient_email)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        told += [(person, email) for person, email in db.session.execute(gone)]
    if told:
        _tell(badge, told)


def many(statement: Any, rows: list[dict[str, Any]]) -> None:
    """The statement for all of these rows, not too many at once."""
    db.session.flush()
    for some in chunks(rows):
        db.session.connection().execute(statement, some)


def _held(badge: str, emails: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Who holds the badge, as `held_by` has it for one: {person: award} and {address of nobody yet: award}."""
    counts = and_(Award.badge_id == badge, Award.revoked_at.is_(None))
    holding = holders_of(counts).subquery("holding")
    persons = {row[0]: row[1] for row in db.session.execute(select(holding.c.holder, holding.c.award))}
    addresses: dict[str, str] = {}
    for some in chunks(emails):
        rows = select(Award.recipient_email, Award.id).where(
            counts, Award.person_id.is_(None), Award.recipient_email.in_(some)
        )
        addresses |= {email: award for email, award in db.session.execute(rows) if email}
    return persons, addresses


def _give(target: Awardable, rows: Sequence[Earner], by: str | None) -> None:
    ensure_keys(target.issuer)
    now = clock.now()
    made = [
        _award_row(target, row, number, by, now) for row, number in zip(rows, next_numbers(len(rows)), strict=True)
    ]
    try:
        with db.session.begin_nested():
            many(insert(_AWARD), made)
    except IntegrityError:
        raise Problem("awarded_meanwhile") from None
    for row, award in zip(rows, made, strict=True):
        row.award, row.gave = award["id"], True
    _tell(target.badge, ((row.person, row.email) for row in rows))


def _award_row(target: Awardable, row: Earner, number: int, by: str | None, now: datetime) -> dict[str, Any]:
    return {
        "id": public_id(), "number": number, "badge_id": target.badge, "person_id": row.person,
        "recipient_email": row.email, "recipient_name": None,
        "recipient_url": None if row.email else address("recipients", public_id()), "salt": secrets.token_hex(16),
        "issued_on": now, "expires": None, "narrative": None, "evidence": None, "revision": 1, "repeat": False,
        "shows_name": False, "revoked_at": None, "revoked_by": None, "revocation_reason": None, "corrects": None,
        "batch_id": None, "awarded_by": by,
    }  # fmt: skip


def _tell(badge: str, recipients: Iterable[tuple[str | None, str | None]]) -> None:
    told = list(recipients)
    persons = {person for person, _ in told if person}
    addresses = {email for _, email in told if email}
    record(HoldingChanged(badge, None, tuple(sorted(persons)), tuple(sorted(addresses))))
