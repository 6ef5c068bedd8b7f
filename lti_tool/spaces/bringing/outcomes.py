"""What each row of a table would do, or did: the same question before and while its people are taken in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import select

from lti_tool.db import db
from lti_tool.people.home.owners import owners_of
from lti_tool.spaces.bringing.rows import Judged, Learner
from lti_tool.spaces.model import Member
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.table.unused import Bad, Doubled

CHUNK = 5_000
NEW, KNOWN, HERE, LEFT, DOUBLED, BAD = "new", "known", "here", "left", "doubled", "bad"
_SHOWN, _BAD_SHOWN = 10, 50


@dataclass(frozen=True)
class Outcome:
    """One row: `new` keeps a place for an address, `known` seats a `person` at once; nothing comes of the others."""

    row: Judged
    what: str
    person: str | None = None

    @property
    def comes(self) -> bool:
        return self.what in (NEW, KNOWN)


@dataclass
class Preview:
    """How many rows of each outcome, and the first of them."""

    counts: Counter[str] = field(default_factory=Counter)
    first: dict[str, list[Judged]] = field(default_factory=dict)

    @property
    def coming(self) -> int:
        return self.counts[NEW] + self.counts[KNOWN]


def preview(space_id: str, organization: str, rows: Iterable[Judged]) -> Preview:
    """Read the whole table once. Nothing is written."""
    found = Preview()
    for some in outcomes(space_id, organization, rows):
        for one in some:
            found.counts[one.what] += 1
            shown = found.first.setdefault(one.what, [])
            if len(shown) < (_BAD_SHOWN if one.what == BAD else _SHOWN):
                shown.append(one.row)
    return found


def outcomes(space_id: str, organization: str, rows: Iterable[Judged]) -> Iterator[list[Outcome]]:
    """In pieces, so that memory stays flat. Whoever takes a piece in does so before the next one."""
    rest, coming = iter(rows), set[str]()
    while some := list(islice(rest, CHUNK)):
        yield _decided(space_id, organization, some, coming)


def _decided(space_id: str, organization: str, rows: Sequence[Judged], coming: set[str]) -> list[Outcome]:
    addresses = [row.email for row in rows if isinstance(row, Learner)]
    owners = owners_of(organization, addresses)
    placed, seated = _placed(space_id, addresses), _seated(space_id, sorted(set(owners.values())))
    found = []
    for row in rows:
        if isinstance(row, Learner):
            person = owners.get(row.email)
            status = seated.get(person) if person else None
            found.append(_outcome(row, placed.get(row.email) or status, person, coming))
        else:
            found.append(Outcome(row, BAD if isinstance(row, Bad) else DOUBLED))
    return found


def _outcome(row: Learner, status: str | None, person: str | None, coming: set[str]) -> Outcome:
    if status is not None:
        return Outcome(row, LEFT if status == "inactive" else HERE)
    if person is None:
        return Outcome(row, NEW)
    if person in coming:  # by another address of theirs
        return Outcome(Doubled(row.line, row.email), DOUBLED)
    coming.add(person)
    return Outcome(row, KNOWN, person)


def _placed(space_id: str, addresses: Sequence[str]) -> dict[str, str]:
    """{address: status} of places that were kept by address."""
    query = select(Member.email, Member.status).where(Member.space_id == space_id, Member.email.in_(addresses))
    return {str(email): status for email, status in db.session.execute(query)}


def _seated(space_id: str, persons: Sequence[str]) -> dict[str, str]:
    """{person: status} of those who have a place, or run the Space."""
    query = select(Member.person_id, Member.status).where(Member.space_id == space_id, Member.person_id.in_(persons))
    staff = select(SpaceStaff.person_id).where(SpaceStaff.space_id == space_id, SpaceStaff.person_id.in_(persons))
    places = {str(person): status for person, status in db.session.execute(query)}
    return places | dict.fromkeys(db.session.scalars(staff), "active")
