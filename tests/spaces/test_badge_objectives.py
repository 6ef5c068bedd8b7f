"""Badge objectives complete themselves, and follow the badge back too."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import event, update

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awards import Recipient, award_badge, correct_award, revoke_award
from lti_tool.badges.backpack.importing import put_back, take_out
from lti_tool.badges.model import Award
from lti_tool.db import db, new_id, transaction
from lti_tool.jobs import drain
from lti_tool.people.home.proving import prove_address, remove_address
from lti_tool.people.model import Person
from lti_tool.people.names import Names
from lti_tool.spaces.badge_objective_reasons import EXPIRED, GONE, REVOKED, TAKEN_OUT
from lti_tool.spaces.badge_objectives_heard import LOOKED_EVERY, look_by_schedule
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.model import Completion, Member, Objective, Space
from lti_tool.spaces.objective_places import archive_objective, restore_objective
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from lti_tool.spaces.snapshot import Listed, apply_snapshot
from tests.make.award import make_award
from tests.make.backpack import imported, make_learner
from tests.make.badge_objective import completion_of, foreign, make_badge_objective, state_of
from tests.make.crowd import at_once, faults
from tests.make.foreign_badge import foreign_platform
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member_of, make_objective, make_space

DONE = ("complete", "badge", None)
ADA = "ada@example.org"


def do(act: Callable[..., Any], *words: Any, **more: Any) -> Any:
    with transaction():
        return act(*words, **more)


def member_row(member: str) -> Member:
    db.session.rollback()
    return db.session.get_one(Member, member, populate_existing=True)


def test_it_is_complete_the_moment_the_badge_is_given_anywhere(organization: str, space: str) -> None:
    badge, ada, bob = make_badge(organization), make_person(organization), make_person(organization)
    first, other = make_member_of(space, ada), make_member_of(space, bob)
    objective = make_badge_objective(space, badge)
    giving = make_objective(make_space(organization, "Another room"), organization, badge=badge)
    elsewhere = make_member_of(db.session.get_one(Objective, giving).space_id, ada)

    award = do(complete, objective_id=giving, member_id=elsewhere, by=None).award

    done = completion_of(objective, first)
    assert done is not None
    assert (state_of(objective, first), done.award_id, done.gave_award) == (DONE, award, False)
    assert (member_row(first).points, member_row(first).completed, state_of(objective, other)) == (10, 1, None)
    assert standing_faults(space) == []


def test_what_was_earned_before_the_member_or_the_objective_counts(organization: str, space: str) -> None:
    badge = make_badge(organization)
    early, late, listed = (make_person(organization, email=f"{name}@example.org") for name in ("e", "l", "r"))
    place = make_member_of(space, early)
    for person in (early, late, listed):
        make_award(badge, Recipient(person=person))

    objective = make_badge_objective(space, badge)
    joined = make_member_of(space, late)
    roster = {person: Listed(person, Names("R", None, None, None), "member") for person in (early, late, listed)}
    do(apply_snapshot, space, roster, as_of=clock.now())

    came = db.session.query(Member).filter_by(space_id=space, person_id=listed).one().id
    assert [state_of(objective, member) for member in (place, joined, came)] == [DONE] * 3
    assert standing_faults(space) == []


def test_when_the_badge_goes_it_is_taken_back_with_the_reason_and_comes_again(organization: str, space: str) -> None:
    badge, ada = make_badge(organization), make_person(organization, email=ADA)
    member, objective = make_member_of(space, ada), make_badge_objective(space, badge)
    award = make_award(badge, Recipient(person=ada))
    corrected = do(correct_award, award, recipient=Recipient(person=ada)).id
    after_correction = (state_of(objective, member), completion_of(objective, member).award_id)  # type: ignore[union-attr]

    do(revoke_award, corrected)
    revoked = state_of(objective, member), member_row(member).points
    make_award(badge, Recipient(email="a@home.example"))
    do(prove_address, ada, "a@home.example")
    proved = state_of(objective, member), member_row(member).points
    do(remove_address, ada, "a@home.example")

    assert after_correction == (DONE, corrected)
    assert revoked == (("taken_back", "badge", REVOKED), 0)
    assert proved == (DONE, 10)
    assert state_of(objective, member) == ("taken_back", "badge", GONE)
    assert standing_faults(space) == []


def test_nobody_tells_of_expiry_and_the_nightly_look_finds_it(organization: str, space: str) -> None:
    badge, ada = make_badge(organization), make_person(organization)
    member, objective = make_member_of(space, ada), make_badge_objective(space, badge)
    award = make_award(badge, Recipient(person=ada), expires=clock.now() + timedelta(1))  # type: ignore[arg-type]
    do(lambda: db.session.execute(update(Award).where(Award.id == award).values(expires=clock.now())))
    look_by_schedule()
    too_early = state_of(objective, member)
    do(lambda: db.session.execute(update(Objective).values(checked_at=clock.now() - LOOKED_EVERY - timedelta(1))))

    look_by_schedule()

    assert (too_early, state_of(objective, member)) == (DONE, ("taken_back", "badge", EXPIRED))


def test_a_badge_from_elsewhere_counts_by_its_id_and_its_issuers(app: Flask) -> None:
    with foreign_platform() as platform:
        learner, award = make_learner(app), platform.issue()
        space = make_space(learner.organization)
        member = make_member_of(space, learner.person)
        learner.bring(text=award.text)
        row = imported(learner)[0]
        objective = make_badge_objective(space, foreign(row.badge_ref, row.issuer_ref))
        same_name = make_badge_objective(space, foreign(row.badge_ref, "https://forger.example/i"))
        before = state_of(objective, member)
        do(take_out, learner.person, row.id)
        out = state_of(objective, member)
        do(put_back, learner.person, row.id)

    assert (before, out, state_of(objective, member)) == (DONE, ("taken_back", "badge", TAKEN_OUT), DONE)
    assert state_of(same_name, member) is None


def test_what_staff_say_by_hand_stands_and_gives_no_badge(organization: str, space: str) -> None:
    badge, ada, bob = make_badge(organization), make_person(organization), make_person(organization)
    one, two = make_member_of(space, ada), make_member_of(space, bob)
    objective = make_badge_objective(space, badge)
    marked = do(complete, objective_id=objective, member_id=one, by=None)
    award = make_award(badge, Recipient(person=ada))
    do(revoke_award, award)
    kept = make_award(badge, Recipient(person=bob))
    pinned = do(complete, objective_id=objective, member_id=two, by=bob)
    do(revoke_award, kept)
    still = state_of(objective, two)
    do(take_back, objective_id=objective, member_id=two, by=bob, reason="Not yours.")

    make_award(badge, Recipient(person=bob))

    assert (marked.award, marked.changed, pinned.changed) == (None, True, False)
    assert state_of(objective, one) == ("complete", "marked", None)
    assert (still, state_of(objective, two)) == (("complete", "marked", None), ("taken_back", "marked", "Not yours."))


def test_nothing_moves_for_staff_for_who_left_in_the_archive_or_after_the_end(organization: str, space: str) -> None:
    badge, ended = make_badge(organization), make_space(organization, "Ended")
    people = [make_person(organization) for _ in range(3)]
    staff, left, here = (make_member_of(space, one, role="staff" if one == people[0] else "member") for one in people)
    there = make_member_of(ended, people[2])
    objective, archived = make_badge_objective(space, badge), make_badge_objective(space, badge, "Archived")
    over = make_badge_objective(ended, badge)
    with transaction():
        archive_objective(archived)
        db.session.execute(update(Member).where(Member.id == left).values(status="inactive", on_board=False))
        db.session.execute(update(Space).where(Space.id == ended).values(ends_on=clock.now().date() - timedelta(2)))

    for person in people:
        make_award(badge, Recipient(person=person))
    before = state_of(archived, here)
    do(restore_objective, archived)
    make_member_of(space, people[1])

    assert [state_of(objective, one) for one in (staff, left, here)] == [None, DONE, DONE]
    assert (before, state_of(archived, here), state_of(over, there)) == (None, DONE, None)


def test_many_are_looked_at_with_as_many_statements_as_a_few(app: Flask, organization: str) -> None:
    def sync(people: int) -> tuple[int, str]:
        space, badges = make_space(organization), [make_badge(organization, f"B{n}") for n in range(3)]
        for badge in badges:
            make_badge_objective(space, badge)
        persons = make_many(organization, people)
        give(badges[0], persons[::2])
        roster = {person: Listed(person, Names("R", None, None, None), "member") for person in persons}
        do(apply_snapshot, space, roster, as_of=clock.now())
        seen: list[str] = []
        event.listen(db.engine, "before_cursor_execute", lambda *words: seen.append(words[2]))
        drain(app)
        return len(seen), space

    few, _ = sync(60)
    many, space = sync(600)

    done = db.session.query(Completion).filter_by(space_id=space, how="badge").count()
    assert (done, standing_faults(space)) == (300, [])
    assert many <= few + 4


def make_many(organization: str, count: int) -> list[str]:
    persons = [new_id() for _ in range(count)]
    with transaction():
        for one in persons:
            db.session.add(Person(id=one, organization_id=organization))
    return persons


def give(badge: str, persons: list[str]) -> None:
    with transaction():
        for number, person in zip(next_numbers(len(persons)), persons, strict=True):
            db.session.add(Award(number=number, badge_id=badge, person_id=person, salt="s", issued_on=clock.now()))


def test_a_badge_that_comes_while_the_objective_is_made_is_not_missed(
    app: Flask, organization: str, space: str
) -> None:
    badge, people = make_badge(organization), [make_person(organization) for _ in range(4)]
    members = [make_member_of(space, person) for person in people]
    made: list[str] = []

    def make() -> None:
        made.append(create_objective(space, badge=badge, words=ObjectiveWords("Hold it"), kind="badge").id)

    outcomes = at_once(app, [make, *(partial(award_badge, badge=badge, recipient=Recipient(one)) for one in people)])
    look_by_schedule_now()

    assert faults(outcomes) == []
    assert [state_of(made[0], member) for member in members] == [DONE] * 4
    assert standing_faults(space) == []


def look_by_schedule_now() -> None:
    do(lambda: db.session.execute(update(Objective).values(checked_at=None)))
    look_by_schedule()
