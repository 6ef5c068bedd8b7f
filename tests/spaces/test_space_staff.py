"""The staff of a Space by invitation: what it opens, in a launch and at home, and who stays (decision 7)."""

from flask import Flask
from sqlalchemy import select

from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.people.names import Names
from lti_tool.people.visit import Role
from lti_tool.spaces.members import Arrival, arrive
from lti_tool.spaces.model import Member
from lti_tool.spaces.snapshot import Listed, apply_snapshot
from lti_tool.spaces.staffing.invitations import invite_to_space
from lti_tool.spaces.staffing.model import SpaceStaff
from lti_tool.spaces.staffing.roles import give_role, remove_staff
from tests.make.home import Home, make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.recount import standing_faults
from tests.make.space import make_member_of, make_space
from tests.make.staff import make_staff
from tests.make.visit import make_staff_visit, make_visit


def give(space: str, person: str, role: str = "teacher") -> None:
    with transaction():
        give_role(space, person, role)


def roles(space: str) -> dict[str, str]:
    db.session.rollback()
    query = select(SpaceStaff.person_id, SpaceStaff.role).where(SpaceStaff.space_id == space)
    return dict(db.session.execute(query).all())


def seat(space: str, person: str) -> tuple[str, str, bool]:
    db.session.rollback()
    query = select(Member.role, Member.status, Member.on_board)
    return tuple(db.session.execute(query.where(Member.space_id == space, Member.person_id == person)).one())


def test_a_learner_of_the_course_who_accepted_is_staff_in_every_launch_until_removed(
    app: Flask, organization: str, space: str
) -> None:
    """Neither a launch as a learner nor the roster makes them a learner again."""
    ada = make_person(organization, "Ada Lovelace")
    visitor = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER)
    preview = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER, preview=True)
    masked = make_visit(app, organization=organization, person=ada, space=space, role=Role.MEMBER, masked=True)
    make_member_of(space, ada)
    before = visitor.get("members").status_code

    give(space, ada, "assistant")
    with transaction():
        arrive(space, Arrival(ada, Names("Ada Lovelace", "Ada", "Lovelace"), "member"))
        member = db.session.scalars(select(Member)).one()
        apply_snapshot(space, {ada: Listed(ada, Names("Ada Lovelace"), "member")}, as_of=member.joined_at)
    during = [one.get("members").status_code for one in (visitor, preview, masked)], seat(space, ada)
    leads = visitor.post("staff/invitations", {"email": "bo@example.org"}).status_code
    with transaction():
        remove_staff(space, ada)

    assert (before, during, leads) == (403, ([200, 403, 403], ("staff", "active", False)), 403)
    assert (visitor.get("members").status_code, seat(space, ada)) == (403, ("member", "active", True))
    assert standing_faults(space) == []


def test_without_an_lms_the_last_teacher_stays_and_with_one_they_may_go(app: Flask, organization: str) -> None:
    space = make_space(organization)
    ada, bo = (make_person(organization, name) for name in ("Ada", "Bo"))
    give(space, ada)
    give(space, bo, "assistant")
    browser, staff = make_home(app, ada), f"spaces/{space}/staff"
    refused = [
        browser.post(f"{staff}/{ada}/removal"), browser.post(f"{staff}/{ada}/role", {"role": "assistant"})
    ]  # fmt: skip
    unknown = [browser.post(f"{staff}/{ada}/role", {"role": "king"}), browser.post(f"{staff}/nobody/removal")]
    kept = roles(space)

    browser.post(f"{staff}/{bo}/role", {"role": "teacher"})
    asked = browser.get(f"{staff}/{ada}/removal").text
    gone = browser.post(f"{staff}/{ada}/removal")

    assert [answer.status_code for answer in (*refused, *unknown)] == [409, 409, 400, 404]
    assert "the only teacher" in refused[0].text
    assert kept == {ada: "teacher", bo: "assistant"}
    assert "Give up your role here?" in asked
    assert (gone.headers["Location"], roles(space)) == ("/home/spaces", {bo: "teacher"})
    assert browser.get(staff).status_code == 404
    make_member_of(space, make_person(organization, "From the LMS"), role="staff")
    with transaction():
        remove_staff(space, bo)
    assert roles(space) == {}


def test_the_list_at_home_names_each_space_once_with_the_widest_role(app: Flask, organization: str) -> None:
    taught, learnt, both = (make_space(organization, name) for name in ("Taught", "Learnt", "Both"))
    make_space(organization, "Of others")
    ada = make_person(organization, "Ada")
    for space in (taught, both):
        give(space, ada)
    for space in (learnt, both):
        make_member_of(space, ada)
    far = make_space(make_organization("Second School"), "Far away")
    browser = make_home(app, ada)
    landed, page = browser.get().headers["Location"], browser.get("spaces").text
    owner = make_person(organization, "Olga")
    make_staff(first_issuer_of(organization), owner)
    all_of_them = make_home(app, owner).get("spaces").text
    nobody = make_home(app, make_person(organization, "Nobody"))

    assert landed == "/home/spaces"
    assert [page.count(name) for name in ("Taught", "Learnt", "Both", "Of others", "Far away")] == [1, 1, 1, 0, 0]
    assert (page.count("you teach here"), page.count("you learn here")) == (2, 1)
    reached = [browser.client.get(f"/home/spaces/{one}/").status_code for one in (taught, learnt, both, far)]
    assert reached == [200, 200, 200, 404]
    assert all(name in all_of_them for name in ("Taught", "Learnt", "Both", "Of others"))
    assert "You are in no Space yet" in nobody.get("spaces").text
    assert nobody.get().headers["Location"] == "/home/backpack"


def test_an_invitation_of_another_space_is_nothing_here(app: Flask, organization: str, space: str) -> None:
    other = make_space(organization, "Chemistry")
    with transaction():
        invited = invite_to_space(other, email="bo@example.org", role="teacher")
    teacher = make_staff_visit(app, organization, space)

    for deed in ("again", "withdrawal"):
        assert teacher.post(f"staff/invitations/{invited.id}/{deed}").status_code == 404


def test_somebody_of_another_school_who_is_signed_in_accepts_as_a_new_person(app: Flask, organization: str) -> None:
    space = make_space(organization)
    stranger = make_home(app, make_person(make_organization("Second School"), "Sue"))
    with transaction():
        invited = invite_to_space(space, email="sue@example.org", role="teacher", given_name="Sue", by_hand=True)
    link = str(invited.url).rpartition("/home/")[2]
    page = stranger.get(link).text
    answer = stranger.post(link, {"as": "new"})

    assert ("Biology 101" in page, "Accept as" in page) == (True, False)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/home/spaces/{space}/")
    assert stranger.get(f"spaces/{space}/staff").status_code == 200
    assert Home(app.test_client()).get(link).text.count("of no use any more") == 1
