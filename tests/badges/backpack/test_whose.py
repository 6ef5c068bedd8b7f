"""Whose an award is (decisions 6 and 41): the rule for one person and the rule for many say the same."""

from dataclasses import dataclass

import pytest
from flask import Flask

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.backpack.holding import holders
from lti_tool.badges.backpack.reads import held_by
from lti_tool.badges.backpack.whose import addresses_of
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from tests.make.award import make_award
from tests.make.home import make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge

ADA = "ada@example.org"


@dataclass
class Town:
    """Two schools, their badges, and an award of each badge to Ada's address that stands with no person."""

    here: str
    there: str
    of_here: str
    of_there: str


@pytest.fixture
def town(app: Flask) -> Town:
    here, there = make_organization(), make_organization("Elsewhere University")
    badges = make_badge(here), make_badge(there)
    with transaction():  # rows alone: nobody here looks at a signature, and keys are slow to make
        for number, badge in enumerate(badges, start=1000):
            db.session.add(Award(number=number, badge_id=badge, recipient_email=ADA, salt="s", issued_on=clock.now()))
    return Town(here, there, *badges)


def held(town: Town, *persons: str) -> list[set[str]]:
    """Which of the two badges each person holds: here, there, or both. Both forms of the rule are asked."""
    db.session.rollback()
    asked = [*persons, "nobody"]  # of two the rule for many is asked
    many = [holders(badge, asked) for badge in (town.of_here, town.of_there)]
    answer = []
    for person in persons:
        alone = {one.badge for one in held_by(addresses_of(person))}
        assert alone == {b for b, who in zip((town.of_here, town.of_there), many, strict=True) if person in who}
        answer.append({word for word, badge in (("here", town.of_here), ("there", town.of_there)) if badge in alone})
    return answer


def disable(person: str) -> None:
    with transaction():
        db.session.get_one(Person, person).disabled_at = clock.now()


def test_what_the_school_asserts_counts_at_the_school_alone(town: Town) -> None:
    ada, stranger = make_person(town.here, email=ADA), make_person(town.here, email="bob@example.org")

    assert held(town, ada, stranger) == [{"here"}, set()]


def test_what_somebody_proved_counts_everywhere(town: Town) -> None:
    ada = make_person(town.here, email=ADA)
    make_proven(ada, ADA)
    guest = make_person(make_organization("A third one"))
    make_proven(guest, ADA)

    assert held(town, ada, guest) == [{"here", "there"}, {"here", "there"}]


def test_an_address_asserted_for_two_counts_for_neither_until_one_proves_it(town: Town) -> None:
    first, second = make_person(town.here, email=ADA), make_person(town.here, email=ADA)
    before = held(town, first, second)
    make_proven(first, ADA)

    assert before == [set(), set()]
    assert held(town, first, second) == [{"here", "there"}, set()]


def test_an_address_that_somebody_elsewhere_proved_counts_for_nobody_by_assertion(town: Town) -> None:
    ada, prover = make_person(town.here, email=ADA), make_person(town.there)
    make_proven(prover, ADA)

    assert held(town, ada, prover) == [set(), {"here", "there"}]


def test_who_is_disabled_disputes_nothing(town: Town) -> None:
    ada, gone = make_person(town.here, email=ADA), make_person(town.here, email=ADA)
    disable(gone)

    assert held(town, ada)[0] == {"here"}


def test_an_award_that_stands_with_a_person_is_nobody_elses(town: Town) -> None:
    bob = make_person(town.here)
    prover = make_person(town.here)
    make_proven(prover, "bob@example.org")
    badge = make_badge(town.here, "Bob's")
    make_award(badge, Recipient(person=bob, email="bob@example.org"))

    assert holders(badge, [bob, prover]) == {bob}
    assert held_by(addresses_of(prover)) == []


def test_addresses_are_the_same_in_capitals(app: Flask) -> None:
    organization = make_organization()
    ada = make_person(organization, email="ada@example.org")
    badge = make_badge(organization)
    make_award(badge, Recipient(email="Ada@Example.ORG"))

    assert (holders(badge, [ada]), holders(badge, [ada, "nobody"])) == ({ada}, {ada})
