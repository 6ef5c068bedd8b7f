"""Members and staff: SP-18 to SP-20."""

from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from lti_tool import jobs
from lti_tool.db import db
from lti_tool.spaces.model import Member
from tests.flows.steps import create_space
from tests.make.hands import buttons, follow, press
from tests.make.house import mailing_house
from tests.make.lms import Campus, words
from tests.make.mailbox import Mailbox, links_in
from tests.make.organization import make_organization
from tests.make.reader import Reader
from tests.make.space import make_space
from tests.make.visit import make_staff_visit


def test_sp_18_learners_are_added_one_by_one_or_by_csv(app: Flask, organization: str, space: str) -> None:
    """Under the Members tab learners are added one by one or by a CSV bulk import."""
    teacher = make_staff_visit(app, organization, space)
    page = Reader(teacher.client).open(f"{teacher.path}/").follow("Members")

    page.press("Add", email="ada@example.org", name="Ada Lovelace").follow("Add many from a CSV file")
    page.press("Look at it first", table=b"email,name\nbo@example.org,Bo Baker\nada@example.org,Ada\n")
    assert "1 gets a place that waits for them" in page.says
    page.press("Add 1 person").follow("To the members")

    assert "2 learners" in page.says
    assert all(name in page.says for name in ("Ada Lovelace", "Bo Baker"))


def test_sp_19_a_course_enrols_its_students_and_nobody_twice(school: Campus) -> None:
    """Added to a course through LTI, a Space enrols the course's students; both ways live together without doubles."""
    siobhan = next(one.email for one in school.lms.world.people.values() if one.given_name == "Siobhán")
    teacher, overview = create_space(school)
    members = follow(teacher, overview, "Members")
    press(teacher, members, "Add", email=siobhan)
    press(teacher, members, "Add", email="guest@example.org")

    school.do_jobs()
    listed = follow(teacher, overview, "Members")

    assert buttons(listed).count("Remove: Siobhán O'Connor") == 1
    assert words(listed).count("open place") == 1
    learners = select(func.count()).where(Member.role == "member")
    assert db.session.scalar(learners) == db.session.scalar(
        select(func.count(func.distinct(func.coalesce(Member.person_id, Member.email)))).where(Member.role == "member")
    )


def test_sp_20_staff_are_added_by_address_and_invited_by_mail(box: Mailbox, database_url: str, tmp_path: Path) -> None:
    """Add Staff asks for an e-mail address, optionally first and last name, and sends an invitation to the Space."""
    with mailing_house(tmp_path, database_url, box) as app:
        organization = make_organization()
        teacher = make_staff_visit(app, organization, make_space(organization))
        page = Reader(teacher.client).open(f"{teacher.path}/").follow("Staff")

        page.press("Invite", email="grace@example.org", given_name="Grace", family_name="Hopper")
        page.press("Invite", email="bo@example.org")
        jobs.drain(app)

        assert [mail["To"] for mail in box.mails] == ["grace@example.org", "bo@example.org"]
        assert "Hello Grace Hopper," in str(box.mails[0].get_body(("plain",)))
        guest = Reader(app.test_client()).open(f"/home/{links_in(box, '/home/')[0]}")
        assert "Biology 101" in guest.press("Accept the invitation", name="Grace Hopper").says
        assert "Grace Hopper" in page.open(f"{teacher.path}/staff").says
