"""What staff do with objectives on their pages, and what two of them do at once."""

import re
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import create_issuer
from lti_tool.badges.model import BadgeClass
from lti_tool.db import db, new_id, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces.completions import complete, take_back
from lti_tool.spaces.model import Objective
from lti_tool.spaces.objective_places import KEPT_AFTER_DELETION, sweep_deleted_objectives
from tests.make.award import make_award
from tests.make.badge_objective import make_badge_objective, state_of
from tests.make.foreign_badge import foreign_platform
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_badge, make_member, make_member_of, make_objective, make_space
from tests.make.visit import Visitor, make_staff_visit, make_visit

NEW = {"kind": "manual", "title": "Explore", "points": "10", "badge": "new", "description": "Explored the lab."}


@pytest.fixture
def teacher(app: Flask, organization: str, space: str) -> Visitor:
    return make_staff_visit(app, organization, space)


def titles(space: str) -> list[str]:
    db.session.rollback()
    query = select(Objective.title).where(Objective.space_id == space, Objective.archived_at.is_(None))
    return list(db.session.scalars(query.order_by(Objective.position, Objective.id)))


def value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def test_a_form_that_is_sent_twice_makes_one_objective_and_one_badge(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    made = value(teacher.get("objectives/new").text, "made")
    elsewhere = make_objective(make_space(organization, "Other"), organization)

    for _ in range(2):
        assert teacher.post("objectives/new", {**NEW, "made": made}).status_code == 303
    of_another_space = teacher.post("objectives/new", {**NEW, "made": elsewhere})
    badges_then = db.session.query(BadgeClass).count()
    odd = [teacher.post("objectives/new", {**NEW, "made": one}).status_code for one in ("", "x" * 32, "f" * 32)]

    assert (of_another_space.status_code, badges_then, odd) == (404, 2, [303] * 3)
    assert titles(space) == ["Explore"] * 4
    assert db.session.get(Objective, "f" * 32) is None


def test_of_two_who_edit_at_once_the_second_sees_both_versions(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    objective = make_objective(space, organization, "Before")
    page = teacher.get(f"objectives/{objective}/edit").text
    seen = {"revision": value(page, "revision"), "points": "10", "evidence": "none"}

    first = teacher.post(f"objectives/{objective}/edit", {**seen, "title": "Hers", "private_criteria": "Her notes"})
    second = teacher.post(f"objectives/{objective}/edit", {**seen, "title": "His", "public_criteria": "His words"})
    again = {**seen, "title": "His", "revision": value(second.text, "revision")}
    nothing = teacher.post(f"objectives/{objective}/edit", {"title": "No revision", "points": "1", "evidence": "none"})

    assert (first.status_code, second.status_code, nothing.status_code) == (303, 409, 409)
    assert all(words in second.text for words in ("Hers", "Her notes", "His", "His words"))
    assert titles(space) == ["Hers"]
    assert teacher.post(f"objectives/{objective}/edit", again).status_code == 303
    assert titles(space) == ["His"]


def test_an_objective_moves_to_any_place_in_one_step(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    ids = [make_objective(space, organization, title) for title in "ABCD"]
    other = make_objective(make_space(organization, "Other"), organization)

    def to(after: str) -> int:
        return teacher.post(f"objectives/{ids[3]}/move", {"after": after}).status_code

    assert "After “B”" in teacher.get(f"objectives/{ids[3]}").text
    assert (to(ids[0]), titles(space)) == (303, list("ADBC"))
    assert (to("first"), titles(space)) == (303, list("DABC"))
    assert (to(ids[2]), titles(space)) == (303, list("ABCD"))
    assert [to(wrong) for wrong in (other, ids[3], "nowhere")] == [404] * 3
    assert titles(space) == list("ABCD")


def test_points_are_not_said_to_be_no_grade_where_staff_may_make_them_one(
    organization: str, space: str, teacher: Visitor
) -> None:  # fmt: skip
    objective = make_objective(space, organization)

    pages = [teacher.get(path).text for path in ("objectives/new", f"objectives/{objective}/edit")]

    assert ["in the gradebook where it shows points" in page for page in pages] == [True, True]


def test_an_archived_objective_is_offered_to_nobody_and_takes_nothing_away(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    objective, person = make_objective(space, organization, "Old lab"), make_person(organization)
    done, not_done = make_member_of(space, person), make_member(space, organization, "Bob")
    with transaction():
        award = complete(objective_id=objective, member_id=done, by=None).award
    learner = make_visit(app, organization=organization, person=person, space=space, role=Role.MEMBER)
    other = make_visit(app, organization=organization, person=make_person(organization), space=space, role=Role.MEMBER)

    ahead = teacher.get(f"objectives/{objective}").text
    teacher.post(f"objectives/{objective}/archive")
    pages = learner.get().text, other.get().text, teacher.get("progress").text
    refused = teacher.post(f"progress/{not_done}/{objective}/complete")
    kept = standing_faults(space)
    with transaction():
        take_back(objective_id=objective, member_id=done, by=None)
        # what is taken back in the archive counted no more already
    taken = standing_faults(space)
    listed = teacher.get("objectives/archive").text
    teacher.post(f"objectives/{objective}/restore")

    assert award is not None
    assert "It no longer counts in “3 of 5”" in ahead
    assert ["Old lab" in page for page in pages] == [True, False, False]
    assert (refused.status_code, other.get(f"objectives/{objective}").status_code) == (409, 200)
    assert ("Old lab" in listed, kept, taken, standing_faults(space)) == (True, [], [], [])
    assert titles(space) == ["Old lab"]


def test_what_nobody_has_done_can_be_deleted_and_called_back_for_a_day(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    done, fresh = make_objective(space, organization, "Done"), make_objective(space, organization, "Fresh")
    member = make_member(space, organization)
    with transaction():
        complete(objective_id=done, member_id=member, by=None)

    refused = teacher.post(f"objectives/{done}/delete")
    gone = teacher.client.get(teacher.post(f"objectives/{fresh}/delete").location)
    away = titles(space), teacher.get(f"objectives/{fresh}").status_code
    back = teacher.post(f"objectives/{fresh}/restore")
    returned = titles(space)
    teacher.post(f"objectives/{fresh}/delete")
    with transaction():
        db.session.execute(update(Objective).values(deleted_at=Objective.deleted_at))
        db.session.get_one(Objective, fresh).deleted_at = clock.now() - 2 * KEPT_AFTER_DELETION
    sweep_deleted_objectives()

    assert (refused.status_code, "It cannot be deleted" in teacher.get(f"objectives/{done}").text) == (409, True)
    assert ("Deleted:" in gone.text, away, back.status_code) == (True, (["Done"], 404), 303)
    assert returned == ["Done", "Fresh"]
    assert teacher.post(f"objectives/{fresh}/restore").status_code == 404
    assert db.session.get(Objective, fresh) is None


def test_a_foreign_badge_is_named_by_an_award_of_it_and_its_picture_is_kept_clean(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    tracked = {"kind": "badge", "points": "5", "tracked": "elsewhere"}
    with foreign_platform() as platform:
        award = platform.issue(name="Welding")
        by_address = teacher.post("objectives/new", {**tracked, "url": award.url})
        by_file = teacher.post("objectives/new", {**tracked, "file": (BytesIO(award.png), "a.png")})
        platform.change(award.path, revoked=True)
        revoked = teacher.post("objectives/new", {**tracked, "url": award.url})
    wrong = [{}, {"url": "no address"}, {"url": "https://x.example", "file": (BytesIO(award.png), "a.png")}]
    refused = [teacher.post("objectives/new", {**tracked, **one}) for one in wrong]
    made = db.session.scalars(select(Objective).where(Objective.space_id == space)).all()
    pictures = [teacher.get(f"objectives/{one.id}/picture.png") for one in made]

    assert (by_address.status_code, by_file.status_code, len(made)) == (303, 303, 2)
    assert {(one.kind, one.title, one.badge_id, one.badge_issuer_ref) for one in made} == {
        ("badge", "Welding", None, f"{platform.url}/issuer")
    }
    assert [(one.mimetype, one.data[:4]) for one in pictures] == [("image/png", b"\x89PNG")] * 2
    assert (revoked.status_code, "revoked" in revoked.text) == (422, True)
    assert [one.status_code for one in refused] == [422] * 3


def test_badges_of_the_organization_and_our_own_by_their_address_can_be_looked_for(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    with transaction():
        create_issuer(organization=organization, name="Library", url="https://l.example", email="l@l.example")
    stranger = make_organization("Elsewhere University")
    theirs, person = make_badge(stranger, "Far"), make_person(organization)
    make_award(theirs, Recipient(person=make_person(stranger)))
    own = make_badge(organization, "Reader")
    member = make_member_of(space, person)
    make_award(own, Recipient(person=person))

    page = teacher.get("objectives/new").text
    made = teacher.post("objectives/new", {"kind": "badge", "points": "10", "tracked": own})
    foreign = teacher.post("objectives/new", {"kind": "badge", "points": "10", "tracked": theirs})

    objective = db.session.scalars(select(Objective.id).where(Objective.space_id == space)).one()
    assert ("Reader" in page, "Far" in page, made.status_code, foreign.status_code) == (True, False, 303, 422)
    assert state_of(objective, member) == ("complete", "badge", None)


def test_nothing_of_another_space_is_reached_and_an_ended_one_changes_nothing(
    app: Flask, organization: str, space: str, teacher: Visitor
) -> None:
    other = make_objective(make_space(organization, "Other"), organization)
    mine = make_badge_objective(space, make_badge(organization))
    acts = ("move", "archive", "restore", "delete")

    strange = [teacher.post(f"objectives/{one}/{act}").status_code for act in acts for one in (other, new_id())]
    looked = [teacher.get(f"objectives/{other}{page}").status_code for page in ("", "/edit", "/picture.png")]
    with transaction():
        db.session.execute(update(Objective.metadata.tables["space"]).values(archived_at=clock.now()))
    ended = [teacher.post(f"objectives/{mine}/{act}").status_code for act in ("archive", "restore", "delete")]

    assert set(strange) | set(looked) == {404}
    assert ended == [409] * 3
