"""Issue 5, item 6: an issuer's pathway is built, a Space follows it, and learners walk it to its badge."""

from flask import Flask
from sqlalchemy import select, update

from lti_tool import clock
from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import Award
from lti_tool.db import db, transaction
from lti_tool.people.visit import Role
from lti_tool.spaces.model import Space
from tests.make.award import make_award
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.pathway import make_way, standing, with_badge
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge, make_member_of, make_objective, make_space
from tests.make.staff import make_staff
from tests.make.visit import Visitor, make_staff_visit, make_visit


def reader(visitor: Visitor, page: str = "pathways") -> Reader:
    return Reader(visitor.client).open(f"{visitor.path}/{page}")


def test_an_editor_builds_a_pathway_a_space_adds_it_and_learners_walk_it(
    app: Flask, organization: str, space: str
) -> None:  # fmt: skip
    a, b, c, prize = (make_badge(organization, name) for name in ("Goggles", "Gloves", "Fire", "Lab ready"))
    issuer, editor = first_issuer_of(organization), make_person(organization, "Edda Editor")
    make_staff(issuer, editor, "editor")
    ada, bo = make_person(organization, "Ada Lovelace"), make_person(organization, "Bo Ek")
    member, _ = make_member_of(space, ada), make_member_of(space, bo)
    objective = make_objective(space, organization, "Put out a fire", badge=c)

    build = Reader(make_home(app, editor).client).open("/home").follow("Issuers").follow("Example University")
    build.follow("Pathways").follow("New pathway").press("Make the pathway", name="The lab", completion_badge=prize)
    build.follow("Add a step").press("Add the group", title="Safety", needs="all")
    for badge in (a, b):
        build.follow("Add a step to “Safety”").press("Add the badge", badge=badge)
    build.follow("Change Safety").press("Save", needs="some", needed="1")
    build.follow("Add a step").press("Add the badge", badge=c)
    assert "Safety 1 of these 2" in build.says

    teacher = make_staff_visit(app, organization, space)
    staff = reader(teacher, "").follow("Pathways")
    assert "This Space follows no pathway yet." in staff.says
    staff.follow("Add Pathway").press("Add Pathway")
    assert "0 of 2 learners completed it, 2 not started" in staff.says

    learner = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER)
    make_award(a, Recipient(person=ada))
    mine = reader(learner, "").follow("Pathways")
    assert "1 of 2 steps done Next: Fire" in mine.says
    assert mine.follow("Fire").path.endswith(f"objectives/{objective}")
    teacher.post(f"progress/{member}/{objective}/complete")

    mine = reader(learner)
    assert "2 of 2 steps done" in mine.says
    assert "Completed on" in mine.says
    [award] = db.session.scalars(select(Award.id).where(Award.badge_id == prize))
    assert f"/public/assertions/{award}" in mine.answer.text
    assert "1 of 2 learners completed it, 1 not started" in reader(teacher).says
    everybody = reader(teacher).follow("The lab")
    assert "Ada Lovelace 2 of 2 steps done Complete" in everybody.says
    assert "Bo Ek 0 of 2 steps done Not started" in everybody.says
    hers = everybody.follow("Ada Lovelace").says
    assert "Goggles (new window) Done Gloves (new window) Not needed Fire (new window) Done" in hers


def test_with_no_pathway_there_is_nothing_to_choose_and_learners_have_no_tab(
    app: Flask, organization: str, space: str
) -> None:  # fmt: skip
    ada = make_person(organization)
    make_member_of(space, ada)
    learner = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER)

    choosing = reader(make_staff_visit(app, organization, space), "pathways/add").says

    assert "The issuer has no pathway that this Space does not follow already." in choosing
    assert "An editor of the issuer can make one." in choosing
    assert ">Pathways</a>" not in learner.get("").text
    assert "Your teacher has added no pathway." in reader(learner).says


def test_one_of_another_issuer_an_unfinished_one_and_an_ended_space_are_refused(
    app: Flask, organization: str, space: str
) -> None:  # fmt: skip
    school = make_organization("Other School")
    theirs, empty = make_way(school, [make_badge(school)]), make_way(organization, name="Unfinished")
    own = make_way(organization, [make_badge(organization)])
    teacher = make_staff_visit(app, organization, space)
    ada = make_person(organization)
    member = make_member_of(space, ada)
    elsewhere = make_member_of(make_space(organization), ada)
    learner = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER)

    answers = [teacher.post("pathways/add", {"pathway": way}) for way in (theirs, empty)]
    learners = [learner.post("pathways/add", {"pathway": own}), learner.get(f"pathways/{own}")]
    unknown = [teacher.get(f"pathways/{own}"), teacher.post(f"pathways/{own}/remove"), teacher.post("pathways/x/look")]
    teacher.post("pathways/add", {"pathway": own})
    unknown.append(teacher.get(f"pathways/{own}/{elsewhere}"))
    with transaction():
        db.session.execute(update(Space).where(Space.id == space).values(archived_at=clock.now()))
    ended = teacher.post(f"pathways/{own}/remove")

    assert [one.status_code for one in answers] == [404, 422]
    assert "This pathway has no step yet." in answers[1].text
    assert [one.status_code for one in learners] == [403, 403]
    assert {one.status_code for one in unknown} == {404}
    assert ended.status_code == 409
    assert "Remove" not in reader(teacher).says
    assert teacher.get(f"pathways/{own}/{member}").status_code == 200


def test_a_removed_pathway_comes_back_with_what_was_achieved(app: Flask, organization: str, space: str) -> None:
    step, prize = make_badge(organization, "Step"), make_badge(organization, "Prize")
    ada = make_person(organization)
    member, way = make_member_of(space, ada), make_way(organization, [step], "The lab", completion=prize)
    make_award(step, Recipient(person=ada))
    staff = reader(make_staff_visit(app, organization, space), "pathways/add").press("Add Pathway")
    before = standing(space, way, member)

    staff.press("Remove: The lab")
    assert "Removed: The lab." in staff.says
    assert "This Space follows no pathway yet." in staff.says
    staff.press("Undo")

    assert "1 of 1 learner completed it" in staff.says
    assert standing(space, way, member) == before
    assert before is not None
    assert before[3] is not None


def test_a_change_waits_until_staff_let_it_count(app: Flask, organization: str, space: str) -> None:
    step, ada = make_badge(organization, "Step"), make_person(organization)
    member, way = make_member_of(space, ada), make_way(organization, [step], "The lab")
    make_award(step, Recipient(person=ada))
    staff = reader(make_staff_visit(app, organization, space), "pathways/add").press("Add Pathway")
    with_badge(way, make_badge(organization, "Another step"))
    waits = standing(space, way, member)

    staff.open(staff.path)
    assert "The issuer is changing this pathway." in staff.says
    staff.press("Let it count now: The lab")

    assert waits == (1, 1, True, None)
    assert standing(space, way, member) == (1, 2, True, None)
    assert "The issuer is changing this pathway." not in staff.says
    assert "not all of it holds any more" in staff.follow("The lab").says
