"""Who is in a Space, as what, and how an open place finds its person (decision 6)."""

from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.badges.awards import Recipient, is_revoked
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.member_reads import count_learners
from lti_tool.spaces.members import Arrival, add_by_email, arrive, hide_from_board, member_of, share_name
from lti_tool.spaces.model import Member
from tests.make.award import make_award
from tests.make.crowd import at_once
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space

ADA = "ada@example.org"


def add(space: str, email: str = ADA, **words: str) -> str:
    with transaction():
        return add_by_email(space, email=email, **words).id


def come(space: str, person: str, email: str | None = ADA, role: str = "member", preview: bool = False) -> str:
    with transaction():
        return arrive(space, Arrival(person, Names("Ada Lovelace", "Ada", "Lovelace", email), role, preview)).id


def row(member: str) -> Member:
    db.session.rollback()
    return db.session.get_one(Member, member, populate_existing=True)


def test_a_first_visit_makes_a_member_and_later_ones_find_it(organization: str, space: str) -> None:
    person = make_person(organization)

    first, second = come(space, person), come(space, person)

    assert first == second
    assert (row(first).role, row(first).status, row(first).on_board) == ("member", "active", True)
    assert row(first).sort_name == "lovelace ada"
    assert standing_faults(space) == []


def test_one_person_who_opens_two_windows_at_once_is_one_member(app: Flask, organization: str, space: str) -> None:
    person = make_person(organization)
    arrival = Arrival(person, Names("Ada"), "member")

    at_once(app, [partial(arrive, space, arrival)] * 6)

    assert db.session.query(Member).count() == 1
    assert standing_faults(space) == []


@pytest.mark.parametrize(
    ("role", "preview", "on_board", "counted"),
    [("member", False, True, 1), ("member", True, False, 0), ("staff", False, False, 0)],
)
def test_only_real_learners_are_counted(
    organization: str, space: str, role: str, preview: bool, on_board: bool, counted: int
) -> None:
    member = come(space, make_person(organization), role=role, preview=preview)

    assert (row(member).on_board, count_learners(space)) == (on_board, counted)


def test_a_learner_who_becomes_staff_leaves_the_board_and_keeps_the_points(organization: str, space: str) -> None:
    person = make_person(organization)
    member, objective = come(space, person), make_objective(space, organization)
    with transaction():
        complete(objective_id=objective, member_id=member, by=None)

    come(space, person, role="staff")

    assert (row(member).role, row(member).on_board, row(member).points) == ("staff", False, 10)
    assert standing_faults(space) == []


def test_who_hides_is_on_no_board_and_comes_back_with_the_same_points(organization: str, space: str) -> None:
    member = make_member(space, organization)
    with transaction():
        hide_from_board(member, hides=True)
    hidden = row(member).on_board
    with transaction():
        hide_from_board(member, hides=False)

    assert (hidden, row(member).on_board, standing_faults(space)) == (False, True, [])


def test_the_own_name_is_shown_only_when_the_learner_says_so(organization: str, space: str) -> None:
    member = make_member(space, organization)
    before = row(member).shares_name
    with transaction():
        share_name(member, shares=True)

    assert (before, row(member).shares_name) == (False, True)


def test_aliases_differ_and_tell_nothing(organization: str, space: str) -> None:
    members = [make_member(space, organization, f"Name{number} Family") for number in range(60)]
    aliases = {row(member).alias for member in members}

    assert len(aliases) == 60
    assert not any("Name" in alias or "Family" in alias for alias in aliases)


def test_an_address_that_nobody_has_is_an_open_place(organization: str, space: str) -> None:
    place = add(space, " Ada@Example.org ", name="Ada L.")

    kept = row(place)
    assert (kept.status, kept.person_id, kept.email, kept.name) == ("open", None, ADA, "Ada L.")
    assert (kept.on_board, count_learners(space)) == (False, 1)


def test_an_address_asserted_for_one_person_is_their_membership_at_once(organization: str, space: str) -> None:
    person = make_person(organization, email=ADA)

    member = add(space)

    assert (row(member).person_id, row(member).status, row(member).on_board) == (person, "active", True)


def test_an_address_asserted_for_two_people_counts_for_neither(organization: str, space: str) -> None:
    first, second = (make_person(organization, name, ADA) for name in ("Ada Lovelace", "Ada Byron"))

    place = add(space)
    members = {come(space, first), come(space, second)}

    assert (row(place).status, row(place).person_id) == ("open", None)
    assert len(members | {place}) == 3


def test_another_organizations_word_on_an_address_counts_for_nothing(organization: str, space: str) -> None:
    make_person(make_organization("Elsewhere"), email=ADA)

    assert row(add(space)).status == "open"


def test_an_open_place_becomes_the_membership_of_whom_the_address_belongs_to_once(
    organization: str, space: str
) -> None:
    place = add(space)
    person = make_person(organization, email=ADA)

    member = come(space, person)
    with transaction():
        db.session.get_one(Person, person).email = "new@example.org"
    later = come(space, make_person(organization, "Another Ada", ADA))

    assert (member, row(place).person_id, row(place).status) == (place, person, "active")
    assert later != place
    assert standing_faults(space) == []


def test_who_comes_without_an_address_takes_no_open_place(organization: str, space: str) -> None:
    place = add(space)

    assert come(space, make_person(organization), email=None) != place
    assert row(place).status == "open"


def test_an_award_to_an_open_place_becomes_its_persons_and_stays_theirs(organization: str, space: str) -> None:
    place, objective = add(space), make_objective(space, organization)
    with transaction():
        award = str(complete(objective_id=objective, member_id=place, by=None).award)
    person = make_person(organization, email=ADA)
    come(space, person)
    with transaction():
        db.session.get_one(Person, person).email = None
    come(space, person, email=None)
    db.session.rollback()

    kept = db.session.get_one(Award, award, populate_existing=True)
    assert (kept.person_id, kept.recipient_email, is_revoked(award)) == (person, ADA, False)


def test_a_badge_that_the_person_holds_already_stands_and_is_not_taken_back_with_the_place(
    organization: str, space: str
) -> None:
    badge = make_badge(organization)
    place, objective = add(space), make_objective(space, organization, badge=badge)
    person = make_person(organization, email=ADA)
    held = make_award(badge, Recipient(person))
    with transaction():
        complete(objective_id=objective, member_id=place, by=None)
    come(space, person)

    with transaction():
        undone = take_back(objective_id=objective, member_id=place, by=None)

    assert (undone.changed, undone.award, is_revoked(held)) == (True, held, False)


def test_an_open_place_of_somebody_who_turns_out_to_be_staff_is_no_learner(organization: str, space: str) -> None:
    place = add(space)

    come(space, make_person(organization, email=ADA), role="staff")

    assert (row(place).role, row(place).on_board, count_learners(space)) == ("staff", False, 0)


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@example.org", "a b@example.org", "ada@example.org\nBcc: x@y.z"])
def test_what_is_no_address_is_refused(space: str, email: str) -> None:
    with pytest.raises(Problem) as refused:
        add(space, email)

    assert (refused.value.code, db.session.query(Member).count()) == ("bad_request", 0)


def test_an_address_that_is_here_already_is_refused(organization: str, space: str) -> None:
    make_member(space, organization, email="grace@example.org")
    add(space)

    for email in (ADA, ADA.upper(), "grace@example.org"):
        with pytest.raises(Problem) as refused:
            add(space, email)
        assert refused.value.code == "already_member"
    assert count_learners(space) == 2


def test_of_two_teachers_who_add_one_address_at_once_the_second_reads_that_it_is_there(
    app: Flask, organization: str, space: str
) -> None:
    outcomes = at_once(app, [partial(add_by_email, space, email=ADA)] * 4)

    assert sorted(getattr(one, "code", "added") for one in outcomes) == ["added", *["already_member"] * 3]
    assert db.session.query(Member).count() == 1


def test_one_address_may_be_in_two_spaces(organization: str, space: str) -> None:
    other = make_space(organization, "Chemistry")
    places = {add(space), add(other)}
    person = make_person(organization, email=ADA)

    assert {come(space, person), come(other, person)} == places


def test_two_people_of_one_name_are_two_members(organization: str, space: str) -> None:
    members = {make_member(space, organization, "Amélie Dubois") for _ in range(2)}

    assert len(members) == 2


def test_a_person_is_found_in_their_own_space_alone(organization: str, space: str) -> None:
    person = make_person(organization)
    make_member_of(space, person)

    assert member_of(space, person) is not None
    assert member_of(make_space(organization, "Other"), person) is None
    assert db.session.scalars(select(Member.space_id)).all() == [space]
