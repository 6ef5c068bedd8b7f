"""Open places find their people whenever an address turns out to be somebody's (decision 6)."""

from typing import Any

import pytest
from sqlalchemy import select, update

from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.outbox import record
from lti_tool.people.events import AddressesMoved
from lti_tool.people.home.owners import owners_of
from lti_tool.people.home.proving import prove_address
from lti_tool.people.model import Person
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.evidence.model import Submission
from lti_tool.spaces.members import add_by_email, put_back, remove_member
from lti_tool.spaces.model import Completion, Member
from tests.make.evidence import make_evidence_objective, make_handed_in
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_member_of, make_objective, make_space

ADA = "ada@example.org"


def keep_place(space: str, *objectives: str) -> str:
    """A place for Ada's address in which these were marked complete."""
    with transaction():
        place = add_by_email(space, email=ADA, name="Ada L.").id
    for objective in objectives:
        with transaction():
            complete(objective_id=objective, member_id=place, by=None)
    return place


def row(member: str) -> Member | None:
    db.session.rollback()
    return db.session.get(Member, member, populate_existing=True)


def standing(member: str) -> tuple[Any, ...]:
    found = row(member)
    assert found is not None
    return found.person_id, found.status, found.points, found.completed


def test_a_person_who_proves_the_address_later_has_the_place_with_all_that_is_in_it(
    organization: str, space: str
) -> None:
    objective = make_objective(space, organization)
    place, other = keep_place(space, objective), make_space(organization, "Chemistry")
    keep_place(other)
    ada = make_person(organization, "Ada Lovelace", None)
    make_person(make_organization("Second School"), "Ada Elsewhere", ADA)
    assert standing(place) == (None, "open", 10, 1)

    with transaction():
        prove_address(ada, ADA)

    assert standing(place) == (ada, "active", 10, 1)
    assert db.session.scalar(select(Award.person_id)) == ada
    assert db.session.scalar(select(Member.person_id).where(Member.space_id == other)) == ada
    assert standing_faults(space) == standing_faults(other) == []


def test_whoever_has_a_place_already_keeps_it_and_the_other_is_merged_into_it(organization: str, space: str) -> None:
    """One objective was completed twice, one for the address alone, one was taken back in their own place."""
    twice, alone, once = (make_objective(space, organization, title) for title in ("Twice", "Alone", "Once"))
    handed_in = make_evidence_objective(space, organization, "Handed in", "allowed")
    ada = make_person(organization, "Ada Lovelace", None)
    own = make_member_of(space, ada)
    place = keep_place(space, twice, alone)
    with transaction():
        for objective in (twice, once):
            complete(objective_id=objective, member_id=own, by=None)
    attempts = [make_handed_in(handed_in, own), make_handed_in(handed_in, place)]

    with transaction():
        prove_address(ada, ADA)

    assert row(place) is None
    assert standing(own) == (ada, "active", 30, 3)
    assert standing_faults(space) == []
    done = select(Completion.objective_id).where(Completion.member_id == own, Completion.state == "complete")
    assert sorted(db.session.scalars(done)) == sorted((twice, alone, once))
    mine = select(Award.person_id, Award.badge_id).where(Award.revoked_at.is_(None), Award.person_id == ada)
    assert len(db.session.execute(mine).all()) == 3
    sent = select(Submission.id, Submission.attempt, Submission.state).where(Submission.member_id == own)
    assert sorted(map(tuple, db.session.execute(sent)), key=lambda one: one[1]) == [
        (attempts[0], 1, "waiting"), (attempts[1], 2, "withdrawn")
    ]  # fmt: skip


def test_an_address_that_two_are_said_to_have_waits_until_it_is_one_persons(organization: str, space: str) -> None:
    place = keep_place(space)
    first, second = (make_person(organization, name, ADA) for name in ("Ada Lovelace", "Ada Byron"))
    with transaction():
        record(AddressesMoved((ADA,), (first, second)))
    assert standing(place)[:2] == (None, "open")

    with transaction():
        db.session.execute(update(Person).where(Person.id == second).values(email=None))
        record(AddressesMoved((ADA,), (second,)))

    assert standing(place)[:2] == (first, "active")


def test_a_proof_counts_more_than_what_a_platform_says_and_two_proofs_count_for_neither(organization: str) -> None:
    said, proved, third = (make_person(organization, name, ADA if name == "A" else None) for name in "ABC")
    assert owners_of(organization, [ADA, "x@example.org"]) == {ADA: said}
    with transaction():
        prove_address(proved, ADA)
    assert owners_of(organization, [ADA]) == {ADA: proved}
    with transaction():
        prove_address(third, ADA)
    assert owners_of(organization, [ADA]) == {}


@pytest.mark.parametrize("by", ["its button", "the address"])
def test_who_was_removed_is_listed_as_left_and_comes_back_with_what_they_had(
    organization: str, space: str, by: str
) -> None:
    objective = make_objective(space, organization)
    member = make_member_of(space, make_person(organization, "Ada Lovelace", ADA))
    with transaction():
        complete(objective_id=objective, member_id=member, by=None)

    with transaction():
        remove_member(space, member)
    gone, faults = standing(member)[1:], standing_faults(space)
    with transaction():
        put_back(space, member) if by == "its button" else add_by_email(space, email=ADA)

    assert (gone, faults) == (("inactive", 10, 1), [])
    assert (standing(member)[1:], standing_faults(space)) == (("active", 10, 1), [])
    assert db.session.scalar(select(Award.revoked_at)) is None


def test_a_place_that_holds_something_is_kept_until_that_is_taken_back(organization: str, space: str) -> None:
    objective = make_objective(space, organization)
    place = keep_place(space, objective)
    with pytest.raises(Problem, match="place_has_work"), transaction():
        remove_member(space, place)
    with transaction():
        take_back(objective_id=objective, member_id=place, by=None)

    with transaction():
        remove_member(space, place)

    assert (row(place), standing_faults(space)) == (None, [])
