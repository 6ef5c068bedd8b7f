"""200 badge objectives of a Space with 50,000 learners, looked at for everybody, beside one bulk insert of what comes
of it.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any, cast

from sqlalchemy import Table, insert, select, update

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.model import Award
from lti_tool.db import db, new_id, public_id, transaction
from lti_tool.spaces.badge_objectives_heard import look_by_job, look_by_schedule
from lti_tool.spaces.model import Completion, Objective
from lti_tool.spaces.snapshot import chunks
from tests.bench.crowd import make_crowd, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Count, Finding, in_turn, seconds
from tests.make.badge_objective import make_badge_objective
from tests.make.organization import make_organization
from tests.make.space import make_badge

LEARNERS, OBJECTIVES, HELD = 50_000, 200, 5
ROUNDS = 1


def measure(kind: Kind) -> Iterator[Finding | Count]:
    empty = kind.fresh()
    with house_on(empty):
        space = _furnish()
    filled, _ = _on_copy(kind, empty, lambda: look_by_job({"space": space, "persons": None}))
    rows = _written(filled)
    found = in_turn(ROUNDS, {
        "ours": lambda: _on_copy(kind, empty, lambda: look_by_job({"space": space, "persons": None}))[1],
        "floor": lambda: _on_copy(kind, empty, lambda: _insert(rows))[1],
        "again": lambda: _on_copy(kind, filled, _look_at_night)[1],
    })  # fmt: skip
    what = f"{LEARNERS:,} learners × {OBJECTIVES} badge objectives, {len(rows):,} badges held"
    floor = "one bulk insert of the completions"
    yield Finding(f"{what}: the first look ({kind.name})", found["ours"], floor, found["floor"], "s")
    yield Finding(
        f"{what}: the nightly look, nothing new ({kind.name})", found["again"], "the first look", found["ours"], "s"
    )  # fmt: skip
    yield Count(f"Badge objectives completed by the first look ({kind.name})", len(rows), LEARNERS * HELD)


def _furnish() -> str:
    """Everybody holds some of the badges; nobody has been looked at."""
    organization, chance = make_organization(), random.Random(OBJECTIVES)  # noqa: S311
    space, people = make_crowd(organization, LEARNERS)
    badges = [make_badge(organization, f"Badge {number}") for number in range(OBJECTIVES)]
    for number, badge in enumerate(badges):
        make_badge_objective(space, badge, f"Objective {number}")
    with transaction() as connection:
        numbers = iter(next_numbers(LEARNERS * HELD))
        for chunk in chunks(
            _award(badge, person, next(numbers)) for person in people for badge in chance.sample(badges, HELD)
        ):
            connection.execute(insert(cast(Table, Award.__table__)), chunk)
    settle()
    return space


def _award(badge: str, person: str, number: int) -> dict[str, Any]:
    return {
        "id": public_id(), "number": number, "badge_id": badge, "person_id": person, "salt": "s", "revision": 1,
        "issued_on": clock.now(), "repeat": False, "shows_name": False,
    }  # fmt: skip


def _look_at_night() -> None:
    with transaction():
        db.session.execute(update(Objective).values(checked_at=None))
    look_by_schedule()


def _insert(rows: list[dict[str, Any]]) -> None:
    with transaction() as connection:
        for chunk in chunks({**row, "id": new_id()} for row in rows):
            connection.execute(insert(cast(Table, Completion.__table__)), chunk)


def _on_copy(kind: Kind, from_url: str, act: Callable[[], object]) -> tuple[str, float]:
    url = kind.copy(from_url)
    with house_on(url):
        db.session.execute(select(1))
        return url, seconds(act)


def _written(url: str) -> list[dict[str, Any]]:
    with house_on(url):
        return [dict(row) for row in db.session.execute(select(Completion.__table__)).mappings()]
