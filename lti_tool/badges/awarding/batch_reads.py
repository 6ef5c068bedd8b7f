"""Tables of recipients as their pages show them: a preview before anything is given, and how each stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from sqlalchemy import func, select

from lti_tool.badges.already_held import held_at
from lti_tool.badges.awardable import Awardable
from lti_tool.badges.awarding.model import UNDER_WAY, AwardBatch
from lti_tool.badges.awarding.rows import Given, Judged
from lti_tool.badges.awarding.slices import SLICE, columns_of, judged
from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.table.unused import Bad, Doubled

_SHOWN, _BAD_SHOWN, _LISTED = 10, 50, 20


@dataclass(frozen=True)
class BatchLine:
    """One table in the list of a badge."""

    id: str
    file_name: str
    state: str
    rows: int
    given: int
    created_at: datetime
    made_by: str | None


@dataclass(frozen=True)
class Standing:
    """A table with how far it is. `standing_awards` are those that can still be taken back."""

    id: str
    badge: str
    file_name: str
    state: str
    rows: int
    done: int
    given: int
    held: int
    doubled: int
    created_at: datetime
    ended_at: datetime | None
    made_by: str | None
    standing_awards: int

    @property
    def bad(self) -> int:
        return self.done - self.given - self.held - self.doubled

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


@dataclass
class Preview:
    """What would happen to each row, counted, with the first ones of each kind."""

    good: int = 0
    held: int = 0
    doubled: int = 0
    bad: int = 0
    first_good: list[Given] = field(default_factory=list)
    first_held: list[tuple[Given, str]] = field(default_factory=list)
    first_doubled: list[Doubled] = field(default_factory=list)
    first_bad: list[Bad] = field(default_factory=list)


def batches_of(badge: str) -> list[BatchLine]:
    """The latest tables of a badge."""
    query = (
        select(
            AwardBatch.id, AwardBatch.file_name, AwardBatch.state, AwardBatch.rows, AwardBatch.given,
            AwardBatch.created_at, Person.name,
        )
        .outerjoin(Person, Person.id == AwardBatch.made_by)
        .where(AwardBatch.badge_id == badge)
        .order_by(AwardBatch.created_at.desc(), AwardBatch.id.desc())
        .limit(_LISTED)
    )  # fmt: skip
    return [BatchLine(*row) for row in db.session.execute(query)]


def batch_of(badge: str, batch_id: str) -> AwardBatch:
    """Raises `Problem` not_found for a table of another badge."""
    found = db.session.get(AwardBatch, batch_id)
    if found is None or found.badge_id != badge:
        raise Problem("not_found")
    return found


def standing(batch: AwardBatch) -> Standing:
    """How far a table is, with who brought it."""
    standing_awards = select(func.count()).where(Award.batch_id == batch.id, Award.revoked_at.is_(None))
    return Standing(
        batch.id, batch.badge_id, batch.file_name, batch.state, batch.rows, batch.done, batch.given, batch.held,
        batch.doubled, batch.created_at, batch.ended_at,
        db.session.scalar(select(Person.name).where(Person.id == batch.made_by)),
        db.session.scalar(standing_awards) or 0,
    )  # fmt: skip


def preview(batch: AwardBatch, target: Awardable) -> Preview:
    """Read the whole table once. Nothing is written. Raises `Problem` table_gone."""
    found = Preview()
    if not columns_of(batch).has_email:
        return found
    rows = judged(batch, target=target)
    for some in _chunks(rows):
        asked = [] if target.allows_repeats else [row.email for row in some if isinstance(row, Given)]
        held = held_at(target.badge, asked)
        for row in some:
            _count(found, row, held)
    return found


def _chunks(rows: Iterator[Judged]) -> Iterator[list[Judged]]:
    while some := list(islice(rows, SLICE)):
        yield some


def _count(found: Preview, row: Judged, held: dict[str, str]) -> None:
    if isinstance(row, Bad):
        found.bad += 1
        _keep(found.first_bad, row, _BAD_SHOWN)
    elif isinstance(row, Doubled):
        found.doubled += 1
        _keep(found.first_doubled, row)
    elif row.email in held:
        found.held += 1
        _keep(found.first_held, (row, held[row.email]))
    else:
        found.good += 1
        _keep(found.first_good, row)


def _keep(shown: list, row: object, most: int = _SHOWN) -> None:  # type: ignore[type-arg]
    if len(shown) < most:
        shown.append(row)
