"""Spaces with as many people and completions as a benchmark needs, written set by set."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update

from lti_tool import clock
from lti_tool.db import db, new_id, transaction
from lti_tool.people.model import Person
from lti_tool.people.names import sort_key
from lti_tool.spaces.aliases import fresh_aliases
from lti_tool.spaces.model import Completion, Member, Space
from lti_tool.spaces.snapshot import chunks
from lti_tool.spaces.standings import recount_bands
from tests.make.space import make_objective, make_space

_GIVEN = "Ada Alan Amina Björn Chiara 花子 Дмитрий Emeka Fatima Grace Hélène Ines Jamal Kenji Liesel María".split()
_FAMILY = "Lovelace Turing Diallo Sørensen Rossi 山田 Иванов Okafor Haddad Hopper Dubois Costa Hill Sato Weiß".split()


def names_of(number: int) -> dict[str, str]:
    """A name in one of several scripts and an address, another one for each number."""
    given, family = _GIVEN[number % len(_GIVEN)], f"{_FAMILY[number // 16 % len(_FAMILY)]} {number}"
    return {
        "name": f"{given} {family}", "given_name": given, "family_name": family,
        "email": f"learner{number}@example.org",
    }  # fmt: skip


def make_crowd(organization: str, learners: int) -> tuple[str, list[str]]:
    """A Space with a leaderboard and so many learners with points. Answers its id and the people's, best last."""
    space, chance = make_space(organization, f"A course of {learners:,}"), random.Random(learners)  # noqa: S311
    people = [new_id() for _ in range(learners)]
    points = sorted(5 * chance.randrange(100) for _ in people)
    with transaction():
        connection = db.session.connection()
        for chunk in chunks(_people(organization, people)):
            connection.execute(insert(cast(Table, Person.__table__)), chunk)
        for chunk in chunks(_members(space, people, points)):
            connection.execute(insert(cast(Table, Member.__table__)), chunk)
        db.session.execute(update(Space).where(Space.id == space).values(leaderboard_on=True))
        recount_bands(space)
    return space, people


def make_progress(organization: str, space: str, objectives: int, share: float) -> None:
    """So many objectives, and for every learner and each of them a completion with the probability `share`."""
    chance = random.Random(objectives)  # noqa: S311
    ids = [make_objective(space, organization, f"Objective {number + 1}") for number in range(objectives)]
    members = list(db.session.scalars(db.select(Member.id).where(Member.space_id == space)))
    with transaction():
        for chunk in chunks(_completions(space, members, ids, share, chance)):
            db.session.connection().execute(insert(cast(Table, Completion.__table__)), chunk)


def settle() -> None:
    """Let the database count its rows, as it does by itself over night."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def _people(organization: str, people: list[str]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for number, person in enumerate(people):
        yield {"id": person, "organization_id": organization, "created_at": now, "disabled_at": None,
               **names_of(number)}  # fmt: skip


def _members(space: str, people: list[str], points: list[int]) -> Iterator[dict[str, Any]]:
    now, aliases = clock.now(), fresh_aliases(set())
    for number, person in enumerate(people):
        names = names_of(number)
        sort_name = sort_key(names["family_name"], names["given_name"], names["name"], names["email"])
        yield {
            "id": new_id(), "space_id": space, "person_id": person, "email": None, "name": None, "role": "member",
            "role_from_launch": False, "status": "active", "sort_name": sort_name, "alias": next(aliases),
            "hides": False, "shares_name": False, "on_board": True, "points": points[number],
            "completed": points[number] // 5, "moved_at": now, "joined_at": now, "left_at": None,
        }  # fmt: skip


def _completions(
    space: str, members: list[str], objectives: list[str], share: float, chance: random.Random
) -> Iterator[dict[str, Any]]:  # fmt: skip
    now = clock.now()
    for member in members:
        for objective in objectives:
            if chance.random() < share:
                taken = chance.random() < 0.05
                yield {
                    "id": new_id(), "space_id": space, "objective_id": objective, "member_id": member,
                    "state": "taken_back" if taken else "complete", "points": 10,
                    "completed_at": now - timedelta(days=1), "completed_by": None,
                    "taken_back_at": now if taken else None, "taken_back_by": None, "reason": None,
                    "award_id": None, "gave_award": False,
                }  # fmt: skip
