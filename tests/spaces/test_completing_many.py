"""One objective for many at once: what it gives, whom it leaves out, and that undoing takes exactly that away."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lti_tool.badges.awards import Recipient
from lti_tool.badges.model import Award
from lti_tool.db import db, new_id, transaction
from lti_tool.errors import Problem
from lti_tool.people.admin.model import AuditEntry
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.model import Completion, Member, Objective
from lti_tool.spaces.progress.completing_many import ManyDone, complete_many, count_done_at, undo_many
from tests.make.award import make_award
from tests.make.badge_objective import make_badge_objective
from tests.make.crowd import at_once, faults
from tests.make.evidence import make_evidence_objective
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_objective, make_space
from tests.make.visit import make_staff_visit


def many(space: str, objective: str, members: list[str], **words: bool) -> ManyDone:
    with transaction():
        return complete_many(space, objective, members, by=None, **words)


def many_by(person: str, space: str, objective: str, members: list[str], form: str) -> ManyDone:
    with transaction():
        return complete_many(space, objective, members, by=person, form=form)


def undo(space: str, objective: str, at: datetime) -> int:
    with transaction():
        return undo_many(space, objective, at)


def completions(objective: str) -> dict[str, tuple[str, bool]]:
    db.session.rollback()
    rows = db.session.scalars(select(Completion).where(Completion.objective_id == objective))
    return {row.member_id: (row.state, row.gave_award) for row in rows.all()}


def awards(standing: bool = True) -> int:
    gone = Award.revoked_at.is_(None) if standing else Award.revoked_at.is_not(None)
    return db.session.scalar(select(func.count()).select_from(Award).where(gone)) or 0


@pytest.fixture
def room(app: Flask) -> tuple[str, str, list[str]]:
    """A Space, its organization and 25 learners."""
    organization = make_organization()
    space = make_space(organization)
    return space, organization, [make_member(space, organization, f"Learner {number:02}") for number in range(25)]


def test_everybody_completes_it_gets_the_badge_and_the_points(room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    objective = make_objective(space, organization, points=7)
    other = make_objective(space, organization, "Other")
    with transaction():
        complete(objective_id=objective, member_id=members[0], by=None)
        complete(objective_id=objective, member_id=members[1], by=None)
        take_back(objective_id=objective, member_id=members[1], by=None)

    done = many(space, objective, members)

    assert (done.done, done.had, done.without_evidence) == (24, 1, 0)
    assert set(completions(objective).values()) == {("complete", True)}
    assert (awards(), awards(standing=False)) == (25, 1)
    assert completions(other) == {}
    assert standing_faults(space) == []
    assert "objective.completed_for_many" in set(db.session.scalars(select(AuditEntry.deed)))


def test_undoing_takes_back_exactly_those(room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    objective = make_objective(space, organization)
    with transaction():
        complete(objective_id=objective, member_id=members[0], by=None)
    done = many(space, objective, members)
    with transaction():
        take_back(objective_id=objective, member_id=members[5], by=None)
        complete(objective_id=objective, member_id=members[5], by=None)

    assert count_done_at(objective, done.at) == 23
    assert undo(space, objective, done.at) == 23
    assert completions(objective) == {members[0]: ("complete", True), members[5]: ("complete", True)}
    assert awards() == 2
    assert standing_faults(space) == []
    assert undo(space, objective, done.at) == 0


def test_whoever_holds_the_badge_keeps_that_award_and_keeps_it_when_it_is_undone(
    room: tuple[str, str, list[str]],
) -> None:
    space, organization, members = room
    badge = make_badge(organization)
    objective = make_objective(space, organization, badge=badge)
    person = db.session.get_one(Member, members[3]).person_id
    make_award(badge, Recipient(person=person))
    make_award(badge, Recipient(email="open@example.org"))
    with transaction():
        place = add_by_email(space, email="Open@example.org", name=None).id
        fresh = add_by_email(space, email="fresh@example.org", name=None).id

    done = many(space, objective, [members[3], members[4], place, fresh])
    given = completions(objective)

    assert [given[one] for one in (members[3], members[4], place, fresh)] == [
        ("complete", False), ("complete", True), ("complete", False), ("complete", True),
    ]  # fmt: skip
    assert awards() == 4
    undo(space, objective, done.at)
    assert awards() == 2


def test_a_badge_objective_gives_no_badge_and_required_evidence_is_asked_for(room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    tracked = make_badge_objective(space, make_badge(organization))
    required = make_evidence_objective(space, organization)

    marked, left_out = many(space, tracked, members), many(space, required, members)
    confirmed = many(space, required, members[:2], confirmed=True)

    assert (marked.done, awards()) == (25, 2)
    assert (left_out.done, left_out.without_evidence, confirmed.done) == (0, 25, 2)
    assert standing_faults(space) == []


def test_a_form_sent_twice_is_answered_as_the_first_time_and_no_other_act_is_taken_for_it(
    room: tuple[str, str, list[str]],
) -> None:
    space, organization, members = room
    objective = make_objective(space, organization)
    tess, tom, form = make_person(organization, "Tess"), make_person(organization, "Tom"), new_id()
    with transaction():
        complete(objective_id=objective, member_id=members[0], by=tess)
    first = many_by(tess, space, objective, members, form)

    again, of_nobody_left = (many_by(tess, space, objective, some, form) for some in (members, []))
    of_another = many_by(tom, space, objective, members, form)
    other_form = many_by(tess, space, objective, members, new_id())
    with transaction():
        db.session.execute(update(Completion).values(completed_at=first.at - timedelta(hours=1)))
    much_later = many_by(tess, space, objective, members, form)

    assert (first.done, first.had) == (24, 1)
    assert again == first
    assert (of_nobody_left.at, of_nobody_left.done) == (first.at, 24)
    assert [(one.done, one.had) for one in (of_another, other_form, much_later)] == [(0, 25)] * 3
    assert awards() == 25
    assert standing_faults(space) == []


def test_whoever_was_marked_singly_before_is_not_undone_by_a_list_of_those_who_have_it(
    room: tuple[str, str, list[str]],
) -> None:
    space, organization, members = room
    objective, tess = make_objective(space, organization), make_person(organization, "Tess")
    form = new_id()  # the list is open in another window meanwhile
    with transaction():
        complete(objective_id=objective, member_id=members[0], by=tess)

    done = many_by(tess, space, objective, members[:1], form)

    assert (done.done, done.had) == (0, 1)
    assert undo(space, objective, done.at) == 0
    assert completions(objective) == {members[0]: ("complete", True)}


def test_a_form_that_comes_back_with_others_ticked_marks_them(room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    objective, tess, form = make_objective(space, organization), make_person(organization, "Tess"), new_id()
    many_by(tess, space, objective, members[:3], form)

    assert many_by(tess, space, objective, members[:5], form).done == 2


def test_a_whole_list_that_the_first_press_emptied_can_be_pressed_twice_and_undone(
    app: Flask, room: tuple[str, str, list[str]]
) -> None:
    space, organization, _ = room
    objective = make_objective(space, organization)
    staff = make_staff_visit(app, organization, space)
    page = staff.get(f"objectives/{objective}/learners?have=open&ticked=everybody").text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition('class="bulk"')[2]))
    sent = {**form, "everybody": "1", "back": "column", "have": "open"}

    answers = [staff.post("progress/complete-many", sent) for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert "Undo for all" in staff.client.get(answers[1].headers["Location"]).text


def test_nobody_of_another_space_and_nothing_of_the_archive(room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    elsewhere = make_space(organization, "Chemistry")
    stranger, staff = make_member(elsewhere, organization), make_member(space, organization, "Tess", role="staff")
    objective, theirs = make_objective(space, organization), make_objective(elsewhere, organization)
    archived = make_objective(space, organization)
    with transaction():
        db.session.get_one(Objective, archived).archived_at = datetime(2020, 1, 1, tzinfo=UTC)

    for what, who, code in (
        (objective, [*members, stranger], "not_found"),
        (objective, [staff], "not_found"),
        (theirs, members, "not_found"),
        (archived, members, "objective_archived"),
    ):
        with pytest.raises(Problem) as refused:
            many(space, what, who)
        assert refused.value.code == code
    assert completions(objective) == {}


def test_two_at_once_give_each_badge_once(app: Flask, room: tuple[str, str, list[str]]) -> None:
    space, organization, members = room
    objective = make_objective(space, organization)

    outcomes = at_once(app, [lambda: complete_many(space, objective, members, by=None)] * 3)

    assert faults(outcomes) == []
    assert sorted(one.done for one in outcomes if isinstance(one, ManyDone)) == [0, 0, 25]
    assert awards() == 25
    assert standing_faults(space) == []
