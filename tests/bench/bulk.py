"""One objective completed for 5,000 learners at once, and undone, beside the bare rows written in two statements."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import cast

from sqlalchemy import Table, delete, insert, select

from lti_tool.badges.model import Award
from lti_tool.badges.signing.keys import ensure_keys
from lti_tool.db import db, transaction
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.progress.completing_many import complete_many, undo_many
from tests.bench.crowd import make_crowd, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Acts, Finding, Target, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.space import make_objective

LEARNERS = 5_000
ROUNDS = 5
_AWARD, _COMPLETION = cast(Table, Award.__table__), cast(Table, Completion.__table__)


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()):
        organization = make_organization()
        space, members = _course(organization, LEARNERS)
        settle()
        sample = _sample(organization, space, members)
        ours = in_turn(
            ROUNDS,
            {"ours": partial(_ours, organization, space, members), "floor": partial(_floor, sample)},
        )  # fmt: skip
        what = f"One objective completed for {LEARNERS:,} at once, with its badge ({kind.name})"
        yield Finding(what, ours["ours"], "bare rows", ours["floor"], "s", Target(at_most=5.0))


@contextmanager
def at_sizes(kind: Kind, learners: Sequence[int]) -> Iterator[Acts]:
    """Completed for everybody, with the badge."""
    with house_on(kind.fresh()):
        organization = make_organization()
        courses = {count: _course(organization, count) for count in learners}
        settle()
        yield {count: partial(_ours, organization, *course) for count, course in courses.items()}


def _course(organization: str, learners: int) -> tuple[str, list[str]]:
    """A Space whose issuer can sign, and its members."""
    space, _ = make_crowd(organization, learners)
    with transaction():
        ensure_keys(db.session.get_one(Space, space).issuer_id)
    return space, list(db.session.scalars(select(Member.id).where(Member.space_id == space)))


def _ours(organization: str, space: str, members: list[str]) -> float:
    """A fresh objective each time; what it gave is taken away again, outside the clock."""
    objective, at = make_objective(space, organization), list[datetime]()

    def act() -> None:
        with transaction():
            at.append(complete_many(space, objective, members, by=None).at)

    taken = seconds(act)
    with transaction():
        if undo_many(space, objective, at[0]) != len(members):
            raise RuntimeError("It was not undone for everybody.")
        db.session.execute(delete(Award))
    return taken


def _sample(organization: str, space: str, members: list[str]) -> tuple[list[dict[str, object]], ...]:
    """The rows that completing writes: awards, completions, and the standings of everybody."""
    objective = make_objective(space, organization)
    with transaction():
        complete_many(space, objective, members, by=None)
    awards, completions = (
        [dict(row) for row in db.session.execute(select(table)).mappings()] for table in (_AWARD, _COMPLETION)
    )
    with transaction():
        db.session.execute(delete(Completion))
        db.session.execute(delete(Award))
        db.session.get_one(Objective, objective).points = 0
    return awards, completions


def _floor(sample: tuple[list[dict[str, object]], ...]) -> float:
    def act() -> None:
        with transaction() as connection:
            for table, rows in zip((_AWARD, _COMPLETION), sample, strict=True):
                connection.execute(insert(table), rows)

    taken = seconds(act)
    with transaction() as connection:
        connection.execute(delete(_COMPLETION))
        connection.execute(delete(_AWARD))
    return taken
