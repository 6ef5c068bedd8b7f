"""What two people do in Spaces at the same moment: nobody waits in a circle, and nothing is counted twice."""

import threading
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import delete, func, select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient, correct_award, is_revoked
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.db import db, transaction
from lti_tool.outbox import record
from lti_tool.people.events import AddressesMoved
from lti_tool.people.invitations.accepting import NEW, accept_invitation
from lti_tool.people.model import Person
from lti_tool.spaces.completions import Done, complete, take_back
from lti_tool.spaces.copying import copy_into
from lti_tool.spaces.members import Arrival, add_by_email, arrive, remove_member
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.space import create_space
from lti_tool.spaces.staffing.invitations import invite_to_space
from lti_tool.spaces.standings import hold_space
from tests.make.crowd import at_once, faults
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space

ADA, BEN = "ada@example.org", "ben@example.org"


def copied(organization: str, earlier: str) -> str:
    ends_on = (clock.now() + timedelta(days=30)).date()
    space = create_space(organization=organization, name="Copy", ends_on=ends_on)
    copy_into(space, earlier)
    return space.id


def came(space: str, person: str) -> str:
    return arrive(space, Arrival(person, db.session.get_one(Person, person).names, "member")).id


def test_copies_of_spaces_whose_badges_stand_in_another_order(app: Flask, organization: str) -> None:
    badges = [make_badge(organization, name) for name in "ABCDEF"]
    forwards, backwards = make_space(organization), make_space(organization)
    for one, other in zip(badges, reversed(badges), strict=True):
        make_objective(forwards, organization, badge=one)
        make_objective(backwards, organization, badge=other)

    outcomes = at_once(
        app, [partial(copied, organization, one) for one in (forwards, backwards, forwards, backwards)], times=5
    )

    assert faults(outcomes) == []
    lines = db.session.scalar(select(func.count()).where(Objective.space_id.in_(outcomes)))
    assert lines == 20 * len(badges)


def test_somebody_who_comes_back_in_two_windows_stands_on_the_board_once(app: Flask, organization: str) -> None:
    space, person = make_space(organization), make_person(organization)
    member = make_member_of(space, person)
    with transaction():
        remove_member(space, member)

    outcomes = at_once(app, [partial(came, space, person)] * 4)

    assert (set(outcomes), standing_faults(space)) == ({member}, [])


def test_a_place_that_waits_is_taken_once_by_somebody_in_two_windows(app: Flask, organization: str) -> None:
    space, person = make_space(organization), make_person(organization, "Ada Lovelace", None)
    objective = make_objective(space, organization)
    with transaction():
        place = add_by_email(space, email=ADA).id
        complete(objective_id=objective, member_id=place, by=None)
    with transaction():
        db.session.execute(update(Person).where(Person.id == person).values(email=ADA))

    outcomes = at_once(app, [partial(came, space, person)] * 2)

    assert place in outcomes
    assert (db.session.scalar(select(func.count(Member.id))), standing_faults(space)) == (1, [])
    assert db.session.scalar(select(Award.person_id)) == person


def test_an_award_is_corrected_while_its_completion_is_taken_back(app: Flask, organization: str, space: str) -> None:
    objective, awards = make_objective(space, organization), dict[str, str]()
    for number in range(6):
        member = make_member(space, organization, email=f"learner{number}@example.org")
        with transaction():
            awards[member] = str(complete(objective_id=objective, member_id=member, by=None).award)
    persons = dict(db.session.execute(select(Member.id, Member.person_id)).all())

    for member, award in awards.items():
        correct = partial(correct_award, award, recipient=Recipient(persons[member], f"{member}@example.org"))
        outcomes = at_once(app, [partial(take_back, objective_id=objective, member_id=member, by=None), correct])
        assert any(isinstance(one, Done) for one in outcomes), outcomes
        assert all("already_revoked" in fault for fault in faults(outcomes))

    behind = db.session.scalars(select(Completion.award_id)).all()
    assert all(is_revoked(str(award)) for award in (*awards.values(), *behind))
    assert standing_faults(space) == []


def test_places_in_each_others_spaces_find_their_people(app: Flask, organization: str) -> None:
    """As when two rosters are read at once: each holds its own Space while it says whose an address is."""
    biology, chemistry = make_space(organization, "Biology"), make_space(organization, "Chemistry")
    people = {address: make_person(organization, address, None) for address in (ADA, BEN)}
    with transaction():
        add_by_email(biology, email=BEN)
        add_by_email(chemistry, email=ADA)

    both = threading.Barrier(2)

    def read(space: str, address: str) -> None:
        hold_space(space)
        with suppress(threading.BrokenBarrierError):  # SQLite lets one writer in
            both.wait(1)
        db.session.execute(update(Person).where(Person.id == people[address]).values(email=address))
        record(AddressesMoved((address,), (people[address],)))

    outcomes = at_once(app, [partial(read, biology, ADA), partial(read, chemistry, BEN)])

    assert faults(outcomes) == []
    seated = db.session.execute(select(Member.space_id, Member.person_id, Member.status)).all()
    assert {tuple(one) for one in seated} == {
        (biology, people[BEN], "active"), (chemistry, people[ADA], "active")
    }  # fmt: skip
    assert standing_faults(biology) == standing_faults(chemistry) == []


def test_an_objective_that_goes_while_somebody_waits_for_it_is_not_there(
    app: Flask, organization: str, space: str
) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    both = threading.Barrier(2)

    def meet() -> None:
        with suppress(threading.BrokenBarrierError):  # SQLite lets one writer in
            both.wait(1)

    def remove() -> None:
        hold_space(space)
        meet()
        time.sleep(0.3)  # the other one waits for the Space by now
        db.session.execute(delete(Completion).where(Completion.objective_id == objective))
        db.session.execute(delete(Objective).where(Objective.id == objective))

    def mark() -> None:
        db.session.get(Objective, objective)
        meet()
        complete(objective_id=objective, member_id=member, by=None)

    outcomes = at_once(app, [remove, mark])

    assert all("not_found" in fault for fault in faults(outcomes)), outcomes
    assert db.session.get(Objective, objective, populate_existing=True) is None


def test_an_invitation_is_accepted_while_it_is_written_anew(app: Flask, organization: str, space: str) -> None:
    issuer = first_issuer_of(organization)

    def invite(address: str) -> tuple[str, str]:
        invited = invite_to_space(space, email=address, role="assistant", by_hand=True)
        works = invite_staff(issuer, email=address, role="editor", by_hand=True)
        return str(invited.url).rpartition("/")[2], str(works.url).rpartition("/")[2]

    for number in range(4):
        address = f"guest{number}@example.org"
        with transaction():
            links = invite(address)
        acts = [partial(accept_invitation, link, chosen=NEW) for link in links]
        outcomes = at_once(app, [*acts, partial(invite, address), partial(invite, address)])
        assert faults(outcomes) == []
