"""What the pages of the backpack show of badges: small frozen rows, made for one reader."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from lti_tool import clock
from lti_tool.badges.backpack.model import ImportedBadge
from lti_tool.badges.backpack.shelf import Held, State, state_of
from lti_tool.badges.backpack.whose import Addresses, is_theirs
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision, Issuer
from lti_tool.badges.signing.model import IssuerKey
from lti_tool.db import db


@dataclass(frozen=True)
class OwnAward:
    """One award of ours with what its holder reads of it."""

    id: str
    badge: str
    name: str
    description: str
    criteria: str
    criteria_url: str | None
    issuer: str
    issuer_name: str
    issued_on: datetime
    expires: datetime | None
    narrative: str | None
    evidence: str | None
    shows_name: bool
    revoked_at: datetime | None
    reason: str | None
    has_credential: bool

    @property
    def state(self) -> State:
        return state_of(expires=self.expires, now=clock.now(), revoked=self.revoked_at is not None)

    @property
    def ref(self) -> str:
        return f"award:{self.id}"


def held_by(addresses: Addresses) -> list[Held]:
    """Everything in a person's backpack, in no order: two queries."""
    return [*_awards(is_theirs(addresses)), *_imports(ImportedBadge.person_id == addresses.person)]


def held_awards(addresses: Addresses, award_ids: set[str]) -> list[Held]:
    """Those of these awards that are theirs."""
    return _awards(and_(is_theirs(addresses), Award.id.in_(award_ids))) if award_ids else []


def held_imports(person: str, imported_ids: set[str]) -> list[Held]:
    """Those of these imported badges that lie in their backpack."""
    if not imported_ids:
        return []
    return _imports(and_(ImportedBadge.person_id == person, ImportedBadge.id.in_(imported_ids)))


def own_award(addresses: Addresses, award_id: str) -> OwnAward | None:
    """The award, if it is theirs."""
    query = _joined(
        Award.id, Award.badge_id, BadgeRevision.name, BadgeRevision.description, BadgeRevision.criteria,
        BadgeRevision.criteria_url, Issuer.id, Issuer.name, Award.issued_on, Award.expires, Award.narrative,
        Award.evidence, Award.shows_name, Award.revoked_at, Award.revocation_reason,
        select(IssuerKey.id).where(IssuerKey.issuer_id == Issuer.id).exists(),
    )  # fmt: skip
    row = db.session.execute(query.where(is_theirs(addresses), Award.id == award_id)).one_or_none()
    return OwnAward(*row) if row else None


def imported_badge(person: str, imported_id: str, *, removed: bool = False) -> ImportedBadge | None:
    """An imported badge of this person; one that they took out only when `removed` is asked for."""
    taken_out = ImportedBadge.removed_at.is_not(None) if removed else ImportedBadge.removed_at.is_(None)
    return db.session.scalar(
        select(ImportedBadge).where(ImportedBadge.id == imported_id, ImportedBadge.person_id == person, taken_out)
    )


def _awards(which: ColumnElement[bool]) -> list[Held]:
    query = _joined(
        Award.id, BadgeRevision.name, Issuer.name, Award.issued_on, Award.expires, Award.revoked_at,
        Award.revocation_reason, Award.badge_id,
    )  # fmt: skip
    now, found = clock.now(), []
    for id_, name, issuer, issued_on, expires, revoked_at, reason, badge in db.session.execute(query.where(which)):
        state = state_of(expires=expires, now=now, revoked=revoked_at is not None)
        found.append(Held(id_, name, issuer, issued_on, expires, state, reason, badge))
    return found


def _imports(which: ColumnElement[bool]) -> list[Held]:
    row = ImportedBadge
    query = select(row.id, row.badge_name, row.issuer_name, row.issued_on, row.expires, row.counts)
    now = clock.now()
    return [
        Held(id_, name, issuer, issued_on, expires, state_of(expires=expires, now=now, counts=counts))
        for id_, name, issuer, issued_on, expires, counts in db.session.execute(
            query.where(which, row.removed_at.is_(None))
        )
    ]


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(Award)
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(BadgeRevision, CURRENT_REVISION)
        .join(Issuer, Issuer.id == BadgeClass.issuer_id)
    )
