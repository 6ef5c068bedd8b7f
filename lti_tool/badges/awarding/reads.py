"""Lists of awards for staff, newest first, and one award with everything around it. None of this is public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from lti_tool import clock
from lti_tool.badges.award_state import EXPIRED, REVOKED, VALID, award_state
from lti_tool.badges.list_places import place_in_list
from lti_tool.badges.model import CURRENT_REVISION, Award, BadgeClass, BadgeRevision
from lti_tool.db import db
from lti_tool.people.model import Person
from lti_tool.people.names import clean_text

PAGE = 50
SEARCH_LENGTH = 100
_SEARCH_WORDS = 5
STATES = (VALID, EXPIRED, REVOKED)

_Giver, _Revoker = aliased(Person), aliased(Person)
_SHOWN_NAME = func.coalesce(Award.recipient_name, Person.name)
_SHOWN_EMAIL = func.coalesce(Award.recipient_email, Person.email)


@dataclass(frozen=True)
class StaffLine:
    """One award as its issuer's staff see it in a list."""

    id: str
    badge: str
    badge_name: str
    name: str | None
    email: str | None
    issued_on: datetime
    expires: datetime | None
    revoked_at: datetime | None

    @property
    def state(self) -> str:
        """`valid`, `expired` or `revoked`."""
        return award_state(revoked_at=self.revoked_at, expires=self.expires, now=clock.now())


@dataclass(frozen=True)
class StaffAward(StaffLine):
    """One award whole. `replaced_by` took its place, `corrects` is whose place it took; both are ids of awards."""

    issuer: str
    person: str | None
    address: str | None
    own_name: str | None
    narrative: str | None
    evidence: str | None
    repeat: bool
    revocation_reason: str | None
    corrects: str | None
    replaced_by: str | None
    batch: str | None
    given_by: str | None
    revoked_by: str | None


@dataclass(frozen=True)
class Search:
    """Which awards are asked for: of one issuer or one badge, by words of name or address, in one state."""

    issuer: str | None = None
    badge: str | None = None
    words: str = ""
    state: str | None = None


@dataclass(frozen=True)
class StaffPage:
    """A part of a list; `next` is where the following part begins."""

    lines: Sequence[StaffLine]
    next: str | None


def staff_page(search: Search, *, after: str | None = None, limit: int = PAGE) -> StaffPage:
    """Raises `Problem` bad_request when `after` is no award of this issuer or badge."""
    order = (Award.issued_on, Award.id)
    found = select(Award.id).where(*_within(search), *_state(search.state))
    if search.words:
        found = found.outerjoin(Person, Person.id == Award.person_id).where(*_matches(search.words))
    if after is not None:
        place = place_in_list(select(*order).where(Award.id == after, *_within(search)))
        found = found.where(tuple_(*order) < place)
    ids = list(db.session.scalars(found.order_by(*(column.desc() for column in order)).limit(limit + 1)))
    lines = {line.id: line for line in _lines(ids[:limit])}
    shown = [lines[one] for one in ids[:limit]]
    return StaffPage(shown, shown[-1].id if len(ids) > limit else None)


def staff_award(badge: str, award_id: str) -> StaffAward | None:
    """The award, if it is one of this badge."""
    later = aliased(Award)
    query = (
        _columns(
            BadgeClass.issuer_id, Award.person_id, Award.recipient_email, Award.recipient_name, Award.narrative,
            Award.evidence, Award.repeat, Award.revocation_reason, Award.corrects, later.id, Award.batch_id,
            _Giver.name, _Revoker.name,
        )
        .outerjoin(later, later.corrects == Award.id)
        .outerjoin(_Giver, _Giver.id == Award.awarded_by)
        .outerjoin(_Revoker, _Revoker.id == Award.revoked_by)
        .where(Award.id == award_id, Award.badge_id == badge)
    )  # fmt: skip
    row = db.session.execute(query).one_or_none()
    return StaffAward(*row) if row else None


def clean_search(words: str | None) -> str:
    return clean_text(words, SEARCH_LENGTH) or ""


def _lines(ids: Sequence[str]) -> list[StaffLine]:
    return [StaffLine(*row) for row in db.session.execute(_columns().where(Award.id.in_(ids)))]


def _columns(*more: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Award.id, Award.badge_id, BadgeRevision.name, _SHOWN_NAME, _SHOWN_EMAIL, Award.issued_on, Award.expires,
            Award.revoked_at, *more,
        )
        .join(BadgeClass, BadgeClass.id == Award.badge_id)
        .join(BadgeRevision, CURRENT_REVISION)
        .outerjoin(Person, Person.id == Award.person_id)
    )  # fmt: skip


def _within(search: Search) -> list[ColumnElement[bool]]:
    """With the badges by name the index of each is read, and nothing of other issuers."""
    within = []
    if search.badge is not None:
        within.append(Award.badge_id == search.badge)
    if search.issuer is not None:
        within.append(Award.badge_id.in_(select(BadgeClass.id).where(BadgeClass.issuer_id == search.issuer)))
    return within


def _state(state: str | None) -> list[ColumnElement[bool]]:
    over = Award.expires <= clock.now()
    match state:
        case "valid":
            return [Award.revoked_at.is_(None), or_(Award.expires.is_(None), Award.expires > clock.now())]
        case "expired":
            return [Award.revoked_at.is_(None), over]
        case "revoked":
            return [Award.revoked_at.is_not(None)]
        case _:
            return []


def _matches(words: str) -> list[ColumnElement[bool]]:
    """Every word must occur in the name or the address, in any order."""
    return [
        or_(*(
            func.lower(column).contains(word, autoescape=True)
            for column in (Award.recipient_email, Award.recipient_name, Person.name, Person.email)
        ))
        for word in words[:SEARCH_LENGTH].lower().split()[:_SEARCH_WORDS]
    ]  # fmt: skip
