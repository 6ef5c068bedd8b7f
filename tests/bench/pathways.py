"""5,000 learners of a Space on a pathway of twenty steps: everybody's standing and badge, beside the bare rows."""

import random
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import Table, delete, insert, select

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.model import Award
from lti_tool.db import db, public_id, transaction
from lti_tool.spaces.pathways.following import add_pathway, remove_pathway
from lti_tool.spaces.pathways.looking import look
from lti_tool.spaces.pathways.model import PathwayStanding
from lti_tool.spaces.snapshot import chunks
from tests.bench.crowd import make_crowd, settle
from tests.bench.databases import Kind, house_on
from tests.bench.measure import Finding, in_turn, seconds
from tests.make.organization import make_organization
from tests.make.pathway import make_way, with_group
from tests.make.space import make_badge

LEARNERS, GROUPS, IN_A_GROUP = 5_000, 4, 4
ROUNDS = 3
_AWARD, _STANDING = cast(Table, Award.__table__), cast(Table, PathwayStanding.__table__)


def measure(kind: Kind) -> Iterator[Finding]:
    with house_on(kind.fresh()):
        organization = make_organization()
        space, people = make_crowd(organization, LEARNERS)
        badges = [make_badge(organization, f"Badge {number}") for number in range(GROUPS * IN_A_GROUP)]
        prize = make_badge(organization, "The whole way")
        way = make_way(organization, completion=prize)
        for start in range(0, len(badges), IN_A_GROUP):
            with_group(way, badges[start : start + IN_A_GROUP], "some", 2)
        _give(badges, people)
        settle()
        rows = _follow(space, way, prize)[1]
        found = in_turn(ROUNDS, {
            "first": lambda: _follow(space, way, prize)[0], "again": partial(_again, space, way),
            "floor": partial(_floor, space, rows),
        })  # fmt: skip
        what = f"A pathway of 20 steps added to a Space of {LEARNERS:,} ({kind.name})"
        yield Finding(what, found["first"], "bare rows", found["floor"], "s")
        yield Finding(what.replace("added to", "looked at again in"), found["again"], "bare rows", found["floor"], "s")


def _give(badges: Sequence[str], people: Sequence[str]) -> None:
    """Every learner holds more than half of the badges, each another half."""
    chance = random.Random(20)  # noqa: S311
    pairs = [(badge, person) for person in people for badge in badges if chance.random() < 0.6]
    with transaction():
        rows = (_award(number, *pair) for number, pair in zip(next_numbers(len(pairs)), pairs, strict=True))
        for chunk in chunks(rows):
            db.session.connection().execute(insert(_AWARD), chunk)


def _award(number: int, badge: str, person: str) -> dict[str, Any]:
    return {
        "id": public_id(), "number": number, "badge_id": badge, "person_id": person, "salt": "salt", "revision": 1,
        "recipient_url": f"https://recipients.example/{number}", "issued_on": clock.now(), "repeat": False,
        "shows_name": False,
    }  # fmt: skip


def _follow(space: str, way: str, prize: str) -> tuple[float, list[dict[str, Any]]]:
    """How long adding it takes, and the standings that it writes. What it wrote is taken away again."""

    def act() -> None:
        with transaction():
            add_pathway(space, way, by=None)

    taken = seconds(act)
    rows = [dict(row._mapping) for row in db.session.execute(select(_STANDING))]
    with transaction():
        remove_pathway(space, way)
        db.session.execute(delete(_STANDING))
        db.session.execute(delete(_AWARD).where(_AWARD.c.badge_id == prize))
    return taken, rows


def _again(space: str, way: str) -> float:
    """A look that finds nothing new, as once a day."""

    def act() -> None:
        with transaction():
            look(space)

    with transaction():
        add_pathway(space, way, by=None)
    taken = seconds(act)
    with transaction():
        remove_pathway(space, way)
        db.session.execute(delete(_STANDING))
    return taken


def _floor(space: str, rows: Sequence[dict[str, Any]]) -> float:
    """The standings alone, as they are, without their awards."""
    bare = [{**row, "award_id": None} for row in rows]

    def act() -> None:
        with transaction() as connection:
            connection.execute(insert(_STANDING), bare)

    taken = seconds(act)
    with transaction():
        db.session.execute(delete(_STANDING).where(_STANDING.c.space_id == space))
    return taken
