"""A whole roster becomes people and members (decisions 6 and 9)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from lti_tool import clock
from lti_tool.db import db, transaction
from lti_tool.launch.model import Identity
from lti_tool.launch.roster.applying import Destination, apply_roster
from lti_tool.launch.roster.page import Roster
from lti_tool.people.model import Person
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.model import Member
from lti_tool.spaces.snapshot import Outcome
from tests.launch.roster.roster_server import LEARNER, MENTOR, learner, teacher
from tests.make.organization import make_organization
from tests.make.space import make_space
from tests.make.visit import make_registration


@pytest.fixture
def to(app: Flask) -> Destination:
    organization = make_organization()
    later = clock.now() + timedelta(minutes=5)  # nobody of this test arrives while it is read
    return Destination(make_registration(organization), organization, make_space(organization), later)


def sync(to: Destination, *members: object) -> Outcome:
    roster = Roster()
    roster.add(members)
    with transaction():
        return apply_roster(roster, to)


def people(to: Destination) -> dict[str, tuple[str | None, str | None, str, str]]:
    """Name, address, role and status by sub."""
    db.session.expire_all()
    rows = db.session.execute(
        select(Identity.sub, Person.name, Person.email, Member.role, Member.status)
        .join(Person, Person.id == Identity.person_id)
        .join(Member, Member.person_id == Person.id)
        .where(Identity.registration_id == to.registration, Member.space_id == to.space)
    )
    return {sub: (name, email, role, status) for sub, name, email, role, status in rows}


def rows(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_first_roster_makes_people_identities_and_members(to: Destination) -> None:
    ada = learner("u1", "Ada", email="Ada@Example.org")
    outcome = sync(to, ada, teacher("t1", "Bo"), learner("u2", roles=[MENTOR]))
    assert people(to) == {
        "u1": ("Ada", "ada@example.org", "member", "active"),
        "t1": ("Bo", None, "staff", "active"),
    }
    assert (len(outcome.joined), rows(Person), rows(Identity)) == (2, 2, 2)


def test_a_second_roster_without_a_change_writes_nothing(to: Destination) -> None:
    members = [learner(f"u{n}", f"Muñoz &amp; Ortiz {n}", email=f"u{n}@example.org") for n in range(30)]
    members += [teacher("t1"), learner("gone", status="Inactive"), {"user_id": "odd"}]
    sync(to, *members)
    written: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN")):
            written.append(statement)

    event.listen(db.engine, "before_cursor_execute", look)
    outcome = sync(to, *reversed(members))
    event.remove(db.engine, "before_cursor_execute", look)
    assert (written, outcome) == ([], Outcome(set(), set(), set()))


def test_only_who_changed_is_counted_and_written(to: Destination) -> None:
    sync(to, learner("u1", "Ada", email="ada@example.org"), learner("u2", "Bob"), learner("u3", "Cy"))
    outcome = sync(to, learner("u1", "Ada", email="new@example.org"), learner("u2", "Bobby"), learner("u3", "Cy"))
    assert (len(outcome.joined), len(outcome.changed), len(outcome.gone)) == (0, 2, 0)
    assert people(to)["u1"][1] == "new@example.org"
    assert people(to)["u2"][0] == "Bobby"


def test_a_name_that_is_withdrawn_is_cleared(to: Destination) -> None:
    sync(to, learner("u1", "Ada", email="ada@example.org"))
    sync(to, {"user_id": "u1", "roles": [LEARNER]})
    assert people(to)["u1"] == (None, None, "member", "active")


def test_identifiers_are_told_apart_by_case(to: Destination) -> None:
    sync(to, learner("abc", "Ada"), learner("aBc", "Bob"))
    assert {sub: row[0] for sub, row in people(to).items()} == {"abc": "Ada", "aBc": "Bob"}


def test_people_of_another_platform_with_the_same_identifier_stay_apart(to: Destination) -> None:
    sync(to, learner("u1", "Ada"))
    other = Destination(make_registration(to.organization), to.organization, to.space, to.as_of)
    sync(other, learner("u1", "Bob"))
    assert (people(to)["u1"][0], people(other)["u1"][0], rows(Person)) == ("Ada", "Bob", 2)


def test_people_known_from_another_course_are_the_same_people(to: Destination) -> None:
    sync(to, learner("u1", "Ada"))
    second = Destination(to.registration, to.organization, make_space(to.organization), to.as_of)
    sync(second, learner("u1", "Ada"), learner("u2", "Bob"))
    assert (rows(Person), rows(Member)) == (2, 3)


def test_who_is_missing_or_inactive_leaves_and_who_is_back_returns(to: Destination) -> None:
    sync(to, learner("u1"), learner("u2"), learner("u3"))
    first = sync(to, learner("u1", status="Inactive"), learner("u3"))
    assert (len(first.gone), [people(to)[sub][3] for sub in ("u1", "u2", "u3")]) == (
        2, ["inactive", "inactive", "active"],
    )  # fmt: skip
    second = sync(to, learner("u1"), learner("u3"))
    assert (len(second.joined), people(to)["u1"][3]) == (1, "active")


def test_a_stranger_who_is_inactive_is_not_written_down(to: Destination) -> None:
    sync(to, learner("u1", status="Inactive"), teacher("t1"))
    assert rows(Person) == 1


def test_somebody_whose_entry_breaks_is_not_taken_for_gone(to: Destination) -> None:
    sync(to, learner("u1"), learner("u2"))
    outcome = sync(to, {"user_id": "u1", "roles": "Learner"}, learner("u2"))
    assert (outcome.gone, people(to)["u1"][3]) == (set(), "active")


def test_an_open_place_is_filled_from_the_roster(to: Destination) -> None:
    with transaction():
        place = add_by_email(to.space, email="ada@example.org").id
    sync(to, learner("u1", "Ada", email="ADA@example.org"), learner("u2", "Bob", email="bob@example.org"))
    assert db.session.get_one(Member, place).status == "active"
    assert (people(to)["u1"][0], rows(Member)) == ("Ada", 2)


def test_an_address_of_two_people_on_the_roster_fills_no_place(to: Destination) -> None:
    with transaction():
        place = add_by_email(to.space, email="ada@example.org").id
    sync(to, learner("u1", email="ada@example.org"), learner("u2", email="ada@example.org"))
    assert db.session.get_one(Member, place).status == "open"
    assert rows(Member) == 3


def test_markup_and_reordering_marks_do_no_harm(to: Destination) -> None:
    sync(to, learner("u1", "<b>R</b> & \u202eoR\u202c\x00"))
    assert people(to)["u1"][0] == "<b>R</b> & oR"


def test_a_roster_larger_than_one_chunk_is_applied_whole(to: Destination) -> None:
    members = [learner(f"u{n}") for n in range(5_003)]
    assert len(sync(to, *members).joined) == 5_003
    assert len(sync(to, *members[:-10]).gone) == 10
    assert rows(Member) == 5_003
