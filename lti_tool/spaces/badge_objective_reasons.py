"""Why a badge objective is not complete any more, in a sentence for the learner and their teacher."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.spaces.model import Objective
from lti_tool.words import to_say

REVOKED = to_say("The badge was revoked.")
EXPIRED = to_say("The badge has expired.")
TAKEN_OUT = to_say("The badge was taken out of the backpack.")
FAILED = to_say("The badge did not hold when it was checked again.")
GONE = to_say("The badge is not in the backpack any more.")
_AT_ONCE = 10_000


class Known:
    """What is known of the badges that somebody held before: `gone` are completions that they stood behind. It is read
    at once for all of them.
    """

    def __init__(self, now: datetime, objectives: Sequence[Objective], gone: Sequence[Any]) -> None:
        self.now = now
        self.refs = {one.id: (one.badge_ref, one.badge_issuer_ref or "") for one in objectives if one.badge_ref}
        self.awards: dict[str, str] = {}
        self.imports: dict[tuple[str, str, str], str] = {}
        awards = sorted({row.award_id for row in gone if row.award_id})
        persons = sorted({row.person_id for row in gone if row.objective_id in self.refs and row.person_id})
        for start in range(0, len(awards), _AT_ONCE):
            self._read_awards(awards[start : start + _AT_ONCE])
        for start in range(0, len(persons), _AT_ONCE):
            self._read_imports(persons[start : start + _AT_ONCE])

    def reason_for(self, row: Any) -> str:
        if row.objective_id in self.refs:
            return self.imports.get((row.person_id, *self.refs[row.objective_id]), GONE)
        return self.awards.get(row.award_id, GONE)

    def _read_awards(self, awards: list[str]) -> None:
        found = select(Award.id, Award.revoked_at, Award.expires).where(Award.id.in_(awards))
        for award, revoked_at, expires in db.session.execute(found):
            self.awards[award] = REVOKED if revoked_at else self._outlived(expires)

    def _read_imports(self, persons: list[str]) -> None:
        row = ImportedBadge
        found = db.session.execute(
            select(row.person_id, row.badge_ref, row.issuer_ref, row.removed_at, row.counts, row.expires)
            .where(row.person_id.in_(persons), row.badge_ref.in_({ref for ref, _ in self.refs.values()}))
            .order_by(row.id)
        )
        for person, badge, issuer, removed_at, counts, expires in found:
            why = TAKEN_OUT if removed_at else FAILED if not counts else self._outlived(expires)
            self.imports[person, badge, issuer] = why

    def _outlived(self, expires: datetime | None) -> str:
        return EXPIRED if expires is not None and expires <= self.now else GONE
