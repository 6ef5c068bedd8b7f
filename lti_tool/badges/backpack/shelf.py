"""What lies in a backpack, as a list to search, to sort and to page. Pure: what one person holds is little."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PAGE = 24
SEARCH_LENGTH = 100
_SEARCH_WORDS = 6


class State(StrEnum):
    """What a badge is worth today. `FAILED` is an imported one that a check no longer lets count."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    FAILED = "failed"


class Sort(StrEnum):
    NEWEST = "newest"
    NAME = "name"
    ISSUER = "issuer"


@dataclass(frozen=True)
class Held:
    """One badge of a person: an award of ours with its `badge`, or an imported one, which has none here."""

    id: str
    name: str
    issuer: str
    issued_on: datetime | None
    expires: datetime | None
    state: State
    reason: str | None = None
    badge: str | None = None

    @property
    def imported(self) -> bool:
        return self.badge is None

    @property
    def ref(self) -> str:
        """How a form names it."""
        return f"{'imported' if self.imported else 'award'}:{self.id}"


@dataclass(frozen=True)
class Wanted:
    """What the reader asks for: words, an order and a page, counted from 1."""

    search: str = ""
    sort: Sort = Sort.NEWEST
    page: int = 1


@dataclass(frozen=True)
class Shelf:
    """One page of what was asked for. `found` is how many there are on all of its pages."""

    badges: Sequence[Held]
    found: int
    page: int
    pages: int


def lay_out(badges: Sequence[Held], wanted: Wanted, *, size: int = PAGE) -> Shelf:
    """The page that is wanted, or the nearest one that there is."""
    words = wanted.search[:SEARCH_LENGTH].casefold().split()[:_SEARCH_WORDS]
    found = [one for one in badges if all(word in f"{one.name}\n{one.issuer}".casefold() for word in words)]
    found.sort(key=lambda one: one.issued_on.timestamp() if one.issued_on else 0.0, reverse=True)
    if wanted.sort is Sort.NAME:
        found.sort(key=lambda one: one.name.casefold())
    elif wanted.sort is Sort.ISSUER:
        found.sort(key=lambda one: (one.issuer.casefold(), one.name.casefold()))
    pages = max(1, -(-len(found) // size))
    page = min(max(1, wanted.page), pages)
    return Shelf(found[(page - 1) * size : page * size], len(found), page, pages)


def state_of(*, expires: datetime | None, now: datetime, revoked: bool = False, counts: bool = True) -> State:
    """`counts` is for an imported badge: whether its checks let it count."""
    if revoked:
        return State.REVOKED
    if expires is not None and expires <= now:
        return State.EXPIRED
    return State.VALID if counts else State.FAILED
