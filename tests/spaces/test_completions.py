"""Marking complete and taking back: badge, points and rank move together, whoever does what at the same time."""

from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient, is_revoked, revoke_award
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.names import Names
from lti_tool.spaces.completions import Done, complete, take_back
from lti_tool.spaces.members import Arrival, add_by_email, arrive, hide_from_board
from lti_tool.spaces.model import Completion, Member, Space
from lti_tool.spaces.objectives import ObjectiveWords, edit_objective
from tests.make.award import make_award
from tests.make.crowd import at_once, faults
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space


def mark(objective: str, member: str, by: str | None = None) -> Done:
    with transaction():
        return complete(objective_id=objective, member_id=member, by=by)


def undo(objective: str, member: str, reason: str | None = None) -> Done:
    with transaction():
        return take_back(objective_id=objective, member_id=member, by=None, reason=reason)


def row(member: str) -> Member:
    db.session.rollback()
    return db.session.get_one(Member, member, populate_existing=True)


def award_of(done: Done) -> Award:
    db.session.rollback()
    return db.session.get_one(Award, str(done.award), populate_existing=True)


def awards() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Award)) or 0


def test_who_was_given_the_badge_at_their_address_completes_with_that_award(organization: str, space: str) -> None:
    member, other = (make_member(space, organization, email=f"{name}@example.org") for name in ("ada", "bo"))
    badge = make_badge(organization)
    objective = make_objective(space, organization, badge=badge)
    given = make_award(badge, Recipient(email="ada@example.org"))

    done = mark(objective, member)
    undo(objective, member)

    assert (done.award, is_revoked(given)) == (given, False)
    assert mark(objective, other).award != given
    with pytest.raises(Problem, match="already_awarded"):
        make_award(badge, Recipient(person=row(member).person_id))


def test_marking_complete_awards_and_counts_in_one_step(organization: str, space: str) -> None:
    teacher = make_person(organization, "Tess Teacher")
    member = make_member(space, organization, email="ada@example.org")
    objective = make_objective(space, organization, points=25)

    done = mark(objective, member, by=teacher)

    award = award_of(done)
    assert done.changed
    assert (award.person_id, award.recipient_email, award.awarded_by) == (
        row(member).person_id, "ada@example.org", teacher
    )  # fmt: skip
    assert (row(member).points, row(member).completed) == (25, 1)
    assert standing_faults(space) == []


def test_a_second_time_changes_nothing_and_answers_the_same_award(organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)

    first, second = mark(objective, member), mark(objective, member)

    assert second == Done(first.award, changed=False)
    assert (awards(), row(member).points, standing_faults(space)) == (1, 10, [])


def test_two_teachers_at_once_make_one_completion(app: Flask, organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    act = partial(complete, objective_id=objective, member_id=member, by=None)

    outcomes = at_once(app, [act] * 8)

    assert faults(outcomes) == []
    assert sorted(one.changed for one in outcomes if isinstance(one, Done)) == [False] * 7 + [True]
    assert len({one.award for one in outcomes if isinstance(one, Done)}) == awards() == 1
    assert standing_faults(space) == []


def test_taken_back_by_two_at_once_the_points_go_once(app: Flask, organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    mark(objective, member)
    act = partial(take_back, objective_id=objective, member_id=member, by=None)

    outcomes = at_once(app, [act] * 8)

    assert faults(outcomes) == []
    assert (row(member).points, row(member).completed, standing_faults(space)) == (0, 0, [])


def test_people_who_move_past_each_other_never_stop_each_other(app: Flask, organization: str, space: str) -> None:
    members = [make_member(space, organization, f"Learner {number}") for number in range(8)]
    objective = make_objective(space, organization)
    for member in members[:4]:
        mark(objective, member)

    def turn(member: str) -> None:
        done = complete(objective_id=objective, member_id=member, by=None)
        if not done.changed:
            take_back(objective_id=objective, member_id=member, by=None)

    outcomes = at_once(app, [partial(turn, member) for member in members], times=12)

    assert faults(outcomes) == []
    assert standing_faults(space) == []


def test_points_that_change_while_people_complete_are_everybodys(app: Flask, organization: str, space: str) -> None:
    members = [make_member(space, organization, f"Learner {number}") for number in range(6)]
    objective, other = make_objective(space, organization), make_objective(space, organization, "Another")
    acts = [
        partial(complete, objective_id=one, member_id=member, by=None)
        for member in members for one in (objective, other)
    ]  # fmt: skip
    edits = [
        partial(edit_objective, one, words=ObjectiveWords("Changed", points))
        for one, points in ((objective, 20), (objective, 35), (other, 50))
    ]

    outcomes = at_once(app, [*acts[:5], *edits, *acts[5:]])

    assert faults(outcomes) == []
    assert {row(member).completed for member in members} == {2}
    assert standing_faults(space) == []


@pytest.mark.parametrize("revokes", [True, False])
def test_taken_back_the_badge_goes_where_the_objective_says_so(organization: str, space: str, revokes: bool) -> None:
    member = make_member(space, organization)
    objective = make_objective(space, organization, revoke_with_objective=revokes)
    done = mark(objective, member)

    undone = undo(objective, member, reason="Wrong person.")

    award = award_of(done)
    assert (undone.changed, undone.award) == (True, done.award)
    assert (award.revoked_at is not None, award.revocation_reason) == (revokes, "Wrong person." if revokes else None)
    assert (row(member).points, row(member).completed, standing_faults(space)) == (0, 0, [])


def test_taken_back_twice_or_never_completed_nothing_changes(organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)

    never = undo(objective, member)
    mark(objective, member)
    undo(objective, member)
    twice = undo(objective, member)

    assert (never, twice.changed, row(member).points) == (Done(None, changed=False), False, 0)


@pytest.mark.parametrize(("revokes", "made"), [(True, 2), (False, 1)])
def test_completed_again_the_kept_badge_stands_and_a_revoked_one_is_given_anew(
    organization: str, space: str, revokes: bool, made: int
) -> None:
    member = make_member(space, organization)
    objective = make_objective(space, organization, revoke_with_objective=revokes)
    mark(objective, member)
    undo(objective, member)

    again = mark(objective, member)

    assert (awards(), is_revoked(str(again.award)), row(member).points) == (made, False, 10)


def test_a_badge_that_was_held_before_is_not_given_twice_nor_taken_away(organization: str, space: str) -> None:
    badge = make_badge(organization)
    person = make_person(organization)
    member = make_member_of(space, person)
    objective = make_objective(space, organization, badge=badge)
    held = make_award(badge, Recipient(person))

    done = mark(objective, member)
    undo(objective, member)

    assert (done.award, awards(), is_revoked(held)) == (held, 1, False)


def test_two_objectives_of_one_badge_give_it_once(organization: str, space: str) -> None:
    badge, member = make_badge(organization), make_member(space, organization)
    first, second = (make_objective(space, organization, title, badge=badge) for title in ("One", "Two"))

    given, held = mark(first, member), mark(second, member)
    undo(second, member)

    assert (given.award, awards(), is_revoked(str(given.award))) == (held.award, 1, False)
    assert row(member).points == 10


def test_a_badge_revoked_by_hand_does_not_stop_the_taking_back(organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    done = mark(objective, member)
    with transaction():
        revoke_award(str(done.award), reason="By hand.")

    assert undo(objective, member).changed
    assert award_of(done).revocation_reason == "By hand."


def test_an_open_place_completes_and_its_person_finds_points_and_badge(organization: str, space: str) -> None:
    with transaction():
        place = add_by_email(space, email="ada@example.org").id
    objective = make_objective(space, organization)
    done = mark(objective, place)
    before = (award_of(done).person_id, award_of(done).recipient_email, row(place).on_board)

    person = make_person(organization, "Ada Lovelace", "ada@example.org")
    names = Names("Ada Lovelace", "Ada", "Lovelace", "ada@example.org")
    with transaction():
        member = arrive(space, Arrival(person, names, "member")).id

    assert before == (None, "ada@example.org", False)
    assert (member, row(place).status, row(place).points, row(place).on_board) == (place, "active", 10, True)
    assert award_of(done).person_id == person
    assert standing_faults(space) == []
    undo(objective, place)
    assert is_revoked(str(done.award))


@pytest.mark.parametrize(("role", "preview"), [("staff", False), ("member", True)])
def test_staff_and_previews_complete_nothing(organization: str, space: str, role: str, preview: bool) -> None:
    member = make_member(space, organization, role=role, preview=preview)

    with pytest.raises(Problem) as refused:
        mark(make_objective(space, organization), member)

    assert (refused.value.code, awards()) == ("not_a_learner", 0)


@pytest.mark.parametrize("values", [{"archived_at": clock.now()}, {"ends_on": clock.now().date() - timedelta(days=1)}])
def test_a_space_that_has_ended_stays_as_it_was(organization: str, space: str, values: dict[str, object]) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    other = make_objective(space, organization, "Another")
    mark(objective, member)
    with transaction():
        db.session.execute(update(Space).values(**values))

    for act in (partial(mark, other, member), partial(undo, objective, member)):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == "space_archived"
    assert (row(member).points, awards()) == (10, 1)


def test_an_objective_of_another_space_is_not_there(organization: str, space: str) -> None:
    elsewhere = make_objective(make_space(organization, "Other"), organization)

    with pytest.raises(Problem) as refused:
        mark(elsewhere, make_member(space, organization))

    assert refused.value.code == "not_found"


def test_who_took_back_and_why_is_kept(organization: str, space: str) -> None:
    member, objective = make_member(space, organization), make_objective(space, organization)
    mark(objective, member)
    undo(objective, member, reason="x" * 900)

    kept = db.session.scalars(select(Completion)).one()
    assert (kept.state, len(kept.reason or ""), kept.taken_back_at is not None) == ("taken_back", 500, True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["complete", "take back", "weigh", "hide", "show", "to staff", "to learner"]),
        st.integers(0, 2), st.integers(0, 2), st.integers(0, 50),
    ),
    min_size=5, max_size=25,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_after_any_walk_the_standings_equal_a_recount(app: Flask, steps: list[tuple[str, int, int, int]]) -> None:
    organization = make_organization()
    space = make_space(organization)
    badge = make_badge(organization)
    people = [make_person(organization, f"Learner {number}") for number in range(3)]
    members = [make_member_of(space, person) for person in people]
    objectives = [make_objective(space, organization, f"Objective {number}", badge=badge) for number in range(3)]

    for what, who, which, points in steps:
        walk(what, space, people[who], members[who], objectives[which], points)

    assert standing_faults(space) == []


def walk(what: str, space: str, person: str, member: str, objective: str, points: int) -> None:
    """One step of a random walk; a step that the rules refuse changes nothing."""
    try:
        with transaction():
            match what:
                case "complete":
                    complete(objective_id=objective, member_id=member, by=None)
                case "take back":
                    take_back(objective_id=objective, member_id=member, by=None)
                case "weigh":
                    edit_objective(objective, words=ObjectiveWords("Weighed", points))
                case "hide" | "show":
                    hide_from_board(member, hides=what == "hide")
                case _:
                    arrive(space, Arrival(person, Names("Learner"), "staff" if what == "to staff" else "member"))
    except Problem as refused:
        assert refused.code == "not_a_learner"  # noqa: PT017 - any other refusal is a fault
