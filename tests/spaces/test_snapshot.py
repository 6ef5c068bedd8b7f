"""A list of everybody, applied to a Space as a whole (decision 9): who joins, changes, leaves, comes back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from lti_tool import clock
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.spaces.completions import complete
from lti_tool.spaces.members import add_by_email, hide_from_board
from lti_tool.spaces.model import Member, StandingBand
from lti_tool.spaces.snapshot import Listed, ManyWouldLeave, Outcome, Place, apply_snapshot, compare
from tests.make.person import make_person
from tests.make.space import make_member_of, make_objective

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ADA = Names("Ada Lovelace", "Ada", "Lovelace", "ada@example.org")
PLACE = Place(
    id="m1", person="ada", role="member", role_from_launch=False, status="active", sort_name=ADA.sort_name,
    added_by_hand=False, on_board=True, hides=False, joined_at=NOW - timedelta(days=1),
)  # fmt: skip
LISTED = Listed("ada", ADA, "member")


@pytest.mark.parametrize(
    ("place", "listed", "what"),
    [
        ({}, {}, ""),
        ({}, {"active": False}, "gone"),
        ({}, None, "gone"),
        ({"status": "inactive", "on_board": False}, {}, "back"),
        ({"status": "inactive", "on_board": False}, None, ""),
        ({"status": "inactive", "on_board": False}, {"active": False}, ""),
        ({"status": "preview"}, None, ""),
        ({"status": "preview"}, {"role": "staff"}, ""),
        ({"status": "open", "person": None}, None, ""),
        ({}, {"role": "staff"}, "changed"),
        ({"role_from_launch": True}, {"role": "staff"}, "changed"),
        ({"role": "staff"}, {}, "changed"),
        ({"role": "staff", "role_from_launch": True}, {}, ""),
        ({"role": "staff", "role_from_launch": True}, None, ""),
        ({"role": "staff", "role_from_launch": True}, {"active": False}, "gone"),
        ({"role": "staff"}, None, "gone"),
        ({"role_from_launch": True}, None, "gone"),
        ({"sort_name": "byron ada"}, {}, "changed"),
        ({"added_by_hand": True}, None, ""),
        ({"added_by_hand": True}, {"active": False}, "gone"),
        ({"joined_at": NOW}, None, ""),
    ],
)
def test_what_a_list_changes_of_a_place(place: dict[str, Any], listed: dict[str, Any] | None, what: str) -> None:
    people = {} if listed is None else {"ada": replace(LISTED, **listed)}
    plan = compare([replace(PLACE, **place)], people, unclear=frozenset(), as_of=NOW)
    happened = {"gone": plan.gone, "back": plan.back, "changed": plan.changed}
    assert [name for name, found in happened.items() if found] == ([what] if what else [])
    assert plan.new == ([LISTED] if place.get("person", "ada") is None and listed else [])


def test_who_is_named_without_being_readable_stays() -> None:
    assert compare([PLACE], {}, unclear={"ada"}, as_of=NOW).gone == []


def test_strangers_join_unless_they_are_inactive() -> None:
    bob = replace(LISTED, person="bob", active=False)
    assert compare([], {"ada": LISTED, "bob": bob}, unclear=frozenset(), as_of=NOW).new == [LISTED]


def listed(person: str, role: str = "member", active: bool = True) -> Listed:
    row = db.session.get_one(Person, person)
    return Listed(person, row.names, role, active)


def apply(space: str, *people: Listed) -> Outcome:
    with transaction():
        return apply_snapshot(space, {one.person: one for one in people}, as_of=clock.now() + timedelta(seconds=1))


def member(space: str, person: str) -> Member:
    db.session.expire_all()
    return db.session.scalars(select(Member).where(Member.space_id == space, Member.person_id == person)).one()


def bands(space: str) -> dict[int, int]:
    """How many people stand at how many points."""
    held = select(StandingBand.points, StandingBand.members).where(StandingBand.space_id == space)
    return {points: people for points, people in db.session.execute(held) if people}


@contextmanager
def watching(look: Callable[..., None]) -> Iterator[None]:
    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", look)


@contextmanager
def written() -> Iterator[list[str]]:
    """Every INSERT, UPDATE and DELETE that the database is told meanwhile."""
    said: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            said.append(statement)

    with watching(look):
        yield said


def test_everybody_on_the_first_list_joins(organization: str, space: str) -> None:
    ada, bob = make_person(organization), make_person(organization, "Bob Ross")
    outcome = apply(space, listed(ada), listed(bob, "staff"))
    assert (outcome.joined, outcome.changed, outcome.gone) == ({ada, bob}, set(), set())
    assert [(member(space, one).role, member(space, one).on_board) for one in (ada, bob)] == [
        ("member", True), ("staff", False),
    ]  # fmt: skip
    assert member(space, ada).sort_name == "lovelace ada"
    assert bands(space) == {0: 1}


def test_the_same_list_again_writes_nothing(organization: str, space: str) -> None:
    people = [listed(make_person(organization, f"Learner {n}")) for n in range(20)]
    people.append(listed(make_person(organization, "Teacher"), "staff"))
    people.append(listed(make_person(organization, "Former"), active=False))
    apply(space, *people)
    with written() as statements:
        outcome = apply(space, *people)
    assert (statements, outcome) == ([], Outcome(set(), set(), set()))


def test_aliases_of_a_large_space_are_all_different(organization: str, space: str) -> None:
    with transaction():
        db.session.add_all(Person(organization_id=organization, name=f"Learner {n}") for n in range(6000))
    people = db.session.scalars(select(Person.id)).all()
    apply(space, *(Listed(person, Names("Learner"), "member") for person in people))
    aliases = db.session.scalars(select(Member.alias).where(Member.space_id == space)).all()
    assert len(set(aliases)) == 6000


def test_who_leaves_keeps_points_awards_and_alias_and_finds_them_again(organization: str, space: str) -> None:
    ada = make_person(organization)
    apply(space, listed(ada))
    objective, alias = make_objective(space, organization), member(space, ada).alias
    with transaction():
        complete(objective_id=objective, member_id=member(space, ada).id, by=None)
    assert apply(space).gone == {ada}
    left = member(space, ada)
    assert (left.status, left.points, left.on_board, left.alias) == ("inactive", 10, False, alias)
    assert left.left_at is not None
    assert bands(space) == {}
    assert apply(space, listed(ada)).joined == {ada}
    back = member(space, ada)
    assert (back.status, back.points, back.on_board, back.alias, back.left_at) == ("active", 10, True, alias, None)
    assert bands(space) == {10: 1}
    assert db.session.scalars(select(Award.person_id)).all() == [ada]


def test_a_list_promotes_and_takes_its_own_word_back(organization: str, space: str) -> None:
    ada = make_person(organization)
    apply(space, listed(ada))
    assert apply(space, listed(ada, "staff")).changed == {ada}
    assert (member(space, ada).role, bands(space)) == ("staff", {})
    apply(space, listed(ada))
    assert (member(space, ada).role, bands(space)) == ("member", {0: 1})


def test_an_assistant_by_launch_is_not_made_a_learner_by_a_list(organization: str, space: str) -> None:
    ada = make_person(organization)
    make_member_of(space, ada, "staff")
    assert apply(space, listed(ada)).changed == set()
    assert member(space, ada).role == "staff"


def test_a_learner_by_launch_is_promoted_and_then_follows_the_list(organization: str, space: str) -> None:
    ada = make_person(organization)
    make_member_of(space, ada)
    apply(space, listed(ada, "staff"))
    assert (member(space, ada).role, member(space, ada).role_from_launch) == ("staff", False)


def test_staff_known_by_launch_and_previews_outlive_a_list_without_them(organization: str, space: str) -> None:
    admin, preview = make_person(organization, "Site Admin"), make_person(organization, "Test Student")
    make_member_of(space, admin, "staff")
    make_member_of(space, preview, preview=True)
    assert apply(space, listed(make_person(organization))).gone == set()
    assert [member(space, one).status for one in (admin, preview)] == ["active", "preview"]


def test_who_left_the_leaderboard_stays_off_it(organization: str, space: str) -> None:
    ada = make_person(organization)
    apply(space, listed(ada))
    with transaction():
        hide_from_board(member(space, ada).id, hides=True)
    apply(space)
    apply(space, listed(ada))
    assert (member(space, ada).status, member(space, ada).on_board, bands(space)) == ("active", False, {})


def test_an_open_place_finds_its_person_with_what_it_earned(organization: str, space: str) -> None:
    with transaction():
        place = add_by_email(space, email="ada@example.org").id
    objective = make_objective(space, organization)
    with transaction():
        complete(objective_id=objective, member_id=place, by=None)
    ada = make_person(organization, email="ada@example.org")
    assert apply(space, listed(ada)).joined == {ada}
    found = member(space, ada)
    assert (found.id, found.status, found.points, found.role_from_launch) == (place, "active", 10, False)
    assert db.session.scalars(select(Award.person_id)).all() == [ada]
    assert bands(space) == {10: 1}


def test_an_open_place_waits_on_when_two_people_have_its_address(organization: str, space: str) -> None:
    with transaction():
        place = add_by_email(space, email="ada@example.org").id
    twins = [make_person(organization, email="ada@example.org") for _ in range(2)]
    apply(space, *(listed(one) for one in twins))
    assert db.session.get_one(Member, place).status == "open"
    assert {member(space, one).status for one in twins} == {"active"}


@pytest.mark.parametrize("launched_before", [True, False])
def test_a_launch_in_the_same_moment_has_the_last_word(organization: str, space: str, launched_before: bool) -> None:
    ada, done = make_person(organization), list[bool]()
    if launched_before:
        make_member_of(space, ada)
    else:
        apply(space, listed(ada, "staff"))
    launched = update(Member).where(Member.person_id == ada).values(role="staff", role_from_launch=True)

    def launch_first(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE member") and not done:
            done.append(True)
            connection.execute(launched)

    with watching(launch_first):
        apply(space)
    assert (member(space, ada).role, member(space, ada).status) == ("staff", "active")


def test_a_list_that_nobody_has_agreed_to_removes_no_class(organization: str, space: str) -> None:
    make_member_of(space, make_person(organization), "staff")
    people = [make_person(organization) for _ in range(6)]
    apply(space, *(listed(one) for one in people))
    later = clock.now() + timedelta(seconds=1)
    with pytest.raises(ManyWouldLeave) as many, transaction():
        apply_snapshot(space, {people[0]: listed(people[0])}, as_of=later, agreed=0)
    assert (many.value.gone, many.value.before) == (5, 6)
    with transaction():
        outcome = apply_snapshot(space, {people[0]: listed(people[0])}, as_of=later, agreed=5)
    assert len(outcome.gone) == 5


def test_a_list_of_changes_leaves_alone_whom_it_does_not_name(organization: str, space: str) -> None:
    ada, bob = (make_person(organization) for _ in range(2))
    apply(space, listed(ada), listed(bob))
    later = clock.now() + timedelta(seconds=1)
    with transaction():
        outcome = apply_snapshot(space, {ada: replace(listed(ada), active=False)}, as_of=later, whole=False)
    assert (outcome.gone, member(space, bob).status) == ({ada}, "active")
