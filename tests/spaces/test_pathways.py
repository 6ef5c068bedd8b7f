"""How far learners have come with a Space's pathways, and the badge that completing one gives."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, update

from lti_tool import clock
from lti_tool.badges.award_numbers import next_numbers
from lti_tool.badges.awards import Recipient, correct_award, revoke_award
from lti_tool.badges.badge_classes import archive_badge
from lti_tool.badges.model import Award
from lti_tool.badges.pathways.elsewhere import FoundBadge
from lti_tool.badges.pathways.pathways import PathwayWords, archive_pathway, delete_pathway, edit_pathway
from lti_tool.badges.pathways.steps import add_badge, remove_step
from lti_tool.db import db, new_id, transaction
from lti_tool.errors import Problem
from lti_tool.jobs import RetryLater, drain
from lti_tool.people.home.proving import prove_address
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.pathways.following import add_pathway, remove_pathway
from lti_tool.spaces.pathways.heard import LOOKED_EVERY, SETTLES_AFTER, look_by_schedule, settle_by_job
from lti_tool.spaces.pathways.looking import look
from lti_tool.spaces.pathways.model import PathwayStanding, SpacePathway
from tests.make.award import make_award
from tests.make.backpack import imported, make_learner
from tests.make.foreign_badge import foreign_platform
from tests.make.organization import make_organization
from tests.make.pathway import make_way, revision, standing, with_badge, with_group
from tests.make.person import make_person
from tests.make.space import make_badge, make_member, make_member_of, make_space


def do(act: Callable[..., Any], *words: Any, **more: Any) -> Any:
    with transaction():
        return act(*words, **more)


def follow(space: str, pathway: str) -> None:
    do(add_pathway, space, pathway, by=None)


def awards_of(badge: str) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Award.id).where(Award.badge_id == badge, Award.revoked_at.is_(None))))


def statements(act: Callable[[], object]) -> int:
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    act()
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_what_is_held_counts_at_once_and_every_badge_moves_it_to_its_own(organization: str, space: str) -> None:
    first, second, prize = (make_badge(organization, name) for name in ("First", "Second", "Prize"))
    ada = make_person(organization)
    member, other = make_member_of(space, ada), make_member(space, organization, "Bo Ek")
    make_award(first, Recipient(person=ada))
    way = make_way(organization, [first, second], completion=prize)

    follow(space, way)
    begun = standing(space, way, member)
    make_award(second, Recipient(person=ada))

    [award] = awards_of(prize)
    assert begun == (1, 2, False, None)
    assert standing(space, way, member) == (2, 2, True, award)
    assert standing(space, way, other) is None


def test_completed_stays_with_its_badge_when_a_step_is_lost(organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    ada = make_person(organization)
    member, way = make_member_of(space, ada), make_way(organization, [step], completion=prize)
    follow(space, way)
    award = make_award(step, Recipient(person=ada))
    [given] = awards_of(prize)

    do(revoke_award, award)
    lost = standing(space, way, member)
    make_award(step, Recipient(person=ada))

    assert lost == (0, 1, True, given)
    assert standing(space, way, member) == (1, 1, True, given)
    assert awards_of(prize) == [given]


def test_the_badge_is_given_once_whatever_becomes_of_it(organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    ada, bo = make_person(organization), make_person(organization, "Bo Ek", "bo@example.org")
    one, two = make_member_of(space, ada), make_member_of(space, bo)
    own = make_award(prize, Recipient(email="bo@example.org"))  # theirs by what the platform says
    for person in (ada, bo):
        make_award(step, Recipient(person=person))
    way = make_way(organization, [step], completion=prize)

    follow(space, way)
    follow(space, way)
    given = standing(space, way, one)
    assert given is not None
    corrected = do(correct_award, given[3], recipient=Recipient(person=ada)).id
    moved = standing(space, way, one)
    do(revoke_award, corrected)
    do(look, space)

    assert standing(space, way, two) == (1, 1, True, own)
    assert moved == (1, 1, True, corrected)
    assert awards_of(prize) == [own]  # what staff take back is not given again


def test_a_badge_that_was_archived_or_chosen_later_is_given_still(organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    ada = make_person(organization)
    make_member_of(space, ada)
    make_award(step, Recipient(person=ada))
    way = make_way(organization, [step])
    follow(space, way)

    words = PathwayWords("Lab ready", "", prize)
    do(edit_pathway, way, words, seen=revision(way), organization=organization)
    do(archive_badge, prize, archived=True)
    do(look, space, at_once=True)

    assert len(awards_of(prize)) == 1


def test_groups_need_any_or_some_and_a_foreign_badge_counts_by_its_issuer(app: Flask) -> None:
    with foreign_platform() as platform:
        learner, award = make_learner(app), platform.issue()
        space = make_space(learner.organization)
        member = make_member_of(space, learner.person)
        learner.bring(text=award.text)
        row = imported(learner)[0]
    a, b, c = (make_badge(learner.organization, name) for name in "ABC")
    way = make_way(learner.organization)
    with_group(way, [a, b, c], "some", 2)
    for issuer in (row.issuer_ref, "https://forger.example/i"):
        found = FoundBadge(row.badge_ref, issuer, "Welding")
        do(add_badge, way, found, into=None, seen=revision(way), organization=learner.organization)
    make_award(b, Recipient(person=learner.person))

    follow(space, way)

    assert standing(space, way, member) == (2, 4, False, None)


def test_whoever_joins_or_proves_an_address_counts_at_once(organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    way = make_way(organization, [step], completion=prize)
    follow(space, way)
    late, prover = make_person(organization), make_person(organization, "Pia Prover")
    make_award(step, Recipient(person=late))
    make_award(step, Recipient(email="pia@home.example"))

    joined, proves = make_member_of(space, late), make_member_of(space, prover)
    do(prove_address, prover, "pia@home.example")

    assert [standing(space, way, one) is not None for one in (joined, proves)] == [True, True]
    assert len(awards_of(prize)) == 2


def test_staff_previews_and_open_places_have_no_standing(organization: str, space: str) -> None:
    step = make_badge(organization)
    people = [make_person(organization) for _ in range(2)]
    make_member_of(space, people[0], role="staff")
    make_member_of(space, people[1], preview=True)
    for person in people:
        make_award(step, Recipient(person=person))

    follow(space, make_way(organization, [step]))

    assert db.session.scalar(select(func.count()).select_from(PathwayStanding)) == 0


def test_a_change_of_the_pathway_counts_when_it_has_settled(organization: str, space: str) -> None:
    first, second, prize = (make_badge(organization, name) for name in ("First", "Second", "Prize"))
    ada = make_person(organization)
    member = make_member_of(space, ada)
    make_award(first, Recipient(person=ada))
    way = make_way(organization, [first], completion=prize)
    step = with_badge(way, second)
    follow(space, way)
    do(remove_step, way, step, seen=revision(way))
    make_award(make_badge(organization, "Any"), Recipient(person=ada))
    do(look, space)  # whatever gives cause to look meanwhile

    with pytest.raises(RetryLater):
        settle_by_job({"pathway": way})
    building = standing(space, way, member), awards_of(prize)
    do(lambda: db.session.execute(update(SpacePathway).values(settles_at=clock.now() - timedelta(seconds=1))))
    settle_by_job({"pathway": way})

    assert building == ((1, 2, False, None), [])
    assert standing(space, way, member) == (1, 1, True, awards_of(prize)[0])
    assert timedelta(minutes=5) < SETTLES_AFTER


def test_in_an_ended_space_nothing_moves(app: Flask, organization: str, space: str) -> None:
    step, ada = make_badge(organization), make_person(organization)
    member, way = make_member_of(space, ada), make_way(organization, [step])
    follow(space, way)
    do(lambda: db.session.execute(update(Space).values(archived_at=clock.now())))

    make_award(step, Recipient(person=ada))
    do(look, space)
    drain(app)

    assert standing(space, way, member) is None
    for refused in (add_pathway, remove_pathway):
        with pytest.raises(Problem, match="space_archived"):
            do(refused, space, way, **({"by": None} if refused is add_pathway else {}))


def test_nobody_tells_of_expiry_and_the_daily_look_finds_it(organization: str, space: str) -> None:
    step, ada = make_badge(organization), make_person(organization)
    member, way = make_member_of(space, ada), make_way(organization, [step, make_badge(organization, "Other")])
    follow(space, way)
    make_award(step, Recipient(person=ada), expires=clock.now() + timedelta(1))  # type: ignore[arg-type]
    do(lambda: db.session.execute(update(Award).values(expires=clock.now())))
    do(lambda: db.session.execute(update(SpacePathway).values(checked_at=clock.now() - LOOKED_EVERY * 2)))

    look_by_schedule()

    assert standing(space, way, member) == (0, 2, False, None)


def test_what_cannot_be_followed_is_refused(organization: str, space: str) -> None:
    other = make_organization("Other School")
    foreign, empty = make_way(other, [make_badge(other)]), make_way(organization)
    away = make_way(organization, [make_badge(organization)])
    do(archive_pathway, away, archived=True, organization=organization)

    for way, code in ((foreign, "not_found"), ("nothing", "not_found"), (empty, "pathway_refused"),
                      (away, "pathway_refused")):  # fmt: skip
        with pytest.raises(Problem, match=code):
            follow(space, way)


def test_a_followed_pathway_is_not_deleted_and_afterwards_leaves_nothing(organization: str, space: str) -> None:
    step, ada = make_badge(organization), make_person(organization)
    make_member_of(space, ada)
    make_award(step, Recipient(person=ada))
    way = make_way(organization, [step])
    follow(space, way)
    with pytest.raises(Problem, match="pathway_in_the_way"):
        do(delete_pathway, way, organization=organization)

    do(remove_pathway, space, way)
    do(delete_pathway, way, organization=organization)

    assert db.session.scalar(select(func.count()).select_from(PathwayStanding)) == 0


def test_the_badge_of_one_pathway_is_a_step_of_another(organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    ada, outer = make_person(organization), make_space(organization, "Another room")
    make_member_of(space, ada)
    member = make_member_of(outer, ada)
    follow(outer, second := make_way(organization, [prize], "Further"))
    follow(space, make_way(organization, [step], completion=prize))

    make_award(step, Recipient(person=ada))

    assert standing(outer, second, member) == (1, 1, True, None)


def test_everybody_is_looked_at_in_as_many_statements_as_a_few(organization: str) -> None:
    badges = [make_badge(organization, f"Badge {number}") for number in range(5)]
    prize = make_badge(organization, "Prize")
    way = make_way(organization, badges, completion=prize)
    counts = []
    for size in (3, 60):
        space = make_space(organization, f"Room of {size}")
        with transaction():
            people = [Person(id=new_id(), organization_id=organization, name=f"P {n}") for n in range(size)]
            db.session.add_all(people)
            db.session.flush()
            ids = [one.id for one in people]
            db.session.add_all(
                Member(space_id=space, person_id=one, sort_name="p", alias=f"{space}{number}"[-40:])
                for number, one in enumerate(ids)
            )
            numbers = iter(next_numbers(size * len(badges)))
            db.session.add_all(
                Award(id=new_id(), number=next(numbers), badge_id=badge, person_id=one, salt="s",
                      recipient_url=f"https://r.example/{one}/{badge}", issued_on=clock.now())
                for badge in badges for one in ids
            )  # fmt: skip
        counts.append(statements(lambda space=space: follow(space, way)))  # type: ignore[misc]

    assert counts[1] <= counts[0] + 2, counts
    assert counts[0] < 40, counts
    assert len(awards_of(prize)) == 3 + 60
