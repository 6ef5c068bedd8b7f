"""Rooms item 5, members and staff: by table and from the roster without doubles; staff by mail, without an LMS."""


from flask import Flask
from sqlalchemy import func, select

from lti_tool import jobs
from lti_tool.db import db
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.model import Person
from lti_tool.spaces.model import Member, Space
from lti_tool.spaces.staffing.model import SpaceInvitation
from tests.flows.steps import add_objective, create_space, mark_complete
from tests.make.hands import buttons, follow, heading, press
from tests.make.home import Home, make_home_link
from tests.make.lms import Campus, words
from tests.make.mailbox import Mailbox, links_in
from tests.make.organization import make_organization
from tests.make.recount import standing_faults
from tests.make.space import make_space
from tests.make.visit import make_staff_visit

GRACE = "grace@example.org"


def test_a_table_and_the_roster_bring_everybody_once_and_what_waited_is_theirs(school: Campus) -> None:
    """The teacher marks Siobhán complete before any list names her: the place that was kept for her is hers then."""
    teacher, overview = create_space(school)
    add_objective(teacher, overview, "Cut an onion")
    siobhan = next(one.email for one in school.lms.world.people.values() if one.given_name == "Siobhán")
    members = follow(teacher, teacher.get(overview.url), "Members")
    bring = follow(teacher, members, "Add many from a CSV file")
    table = f"E-Mail;Vorname;Nachname\n{siobhan};Siobhán;O'Connor\nguest@example.org;Gus;Guest\nnobody;;\n"

    empty = press(teacher, bring, "Look at it first", pasted="")
    preview = press(teacher, empty, "Look at it first", pasted=table)
    told = press(teacher, preview, "Add 2 people")
    mark_complete(teacher, overview, "O'Connor")
    waiting = words(follow(teacher, overview, "Members"))
    school.do_jobs()
    members = follow(teacher, overview, "Members")
    again = press(teacher, follow(teacher, members, "Add many from a CSV file"), "Look at it first", pasted=table)

    assert "Choose a file, or paste the rows" in words(empty)
    assert "Line 4: “nobody” is not an e-mail address." in words(preview)
    assert "2 people were added" in words(told)
    assert waiting.count("open place") == 2
    assert words(members).count("open place") == 1
    assert "Add 2 people" not in buttons(again)
    assert "Nobody in this table would be added." in words(again)
    space = db.session.scalars(select(Space.id)).one()
    assert standing_faults(space) == []
    rows = select(Member.points, Member.person_id.is_not(None), Member.status).where(Member.email == siobhan)
    assert db.session.execute(rows).all() == [(10, True, "active")]
    student, home = school.open("biology", "siobhan")
    assert "Cut an onion" in words(follow(student, home, "My badges"))
    doubled = select(Member.person_id).where(Member.person_id.is_not(None)).group_by(Member.person_id)
    assert db.session.execute(doubled.having(func.count() > 1)).all() == []


def test_who_is_removed_is_listed_as_left_and_undo_brings_them_back(school: Campus) -> None:
    teacher, overview = create_space(school)
    members = follow(teacher, overview, "Members")
    place = press(teacher, members, "Add", email="guest@example.org", name="Gus Guest")

    dropped = press(teacher, place, "Remove: Gus Guest")
    back = press(teacher, dropped, "Undo")
    school.do_jobs()
    gone = press(teacher, follow(teacher, overview, "Members"), "Remove: Siobhán O'Connor")
    undone = press(teacher, gone, "Undo")
    refused = press(teacher, undone, "Add", email="guest@example.org")

    assert "No place is kept any more for guest@example.org" in words(dropped)
    assert "A place is kept for guest@example.org" in words(back)
    assert "Siobhán O'Connor is listed as left" in words(gone)
    assert "Put back: Siobhán O'Connor" in buttons(gone)
    assert "Added: Siobhán O'Connor" in words(undone)
    assert (refused.status_code, heading(refused)) == (409, "Members")


def test_staff_are_invited_by_mail_sent_for_again_withdrawn_and_land_in_the_space(mailing: Flask, box: Mailbox) -> None:
    organization = make_organization()
    space = make_space(organization)
    teacher = make_staff_visit(mailing, organization, space)
    empty, wrong = teacher.get("staff").text, teacher.post("staff/invitations", {"email": "no address"})
    said = {"email": GRACE.upper(), "given_name": "Grace", "family_name": "Hopper", "role": "assistant"}

    sent = teacher.post("staff/invitations", said)
    jobs.drain(mailing)
    waiting = db.session.scalars(select(SpaceInvitation)).one()
    again = teacher.post(f"staff/invitations/{waiting.id}/again")
    jobs.drain(mailing)
    withdrawn = teacher.post("staff/invitations", {"email": "other@example.org"})
    jobs.drain(mailing)
    other = db.session.scalars(select(SpaceInvitation.id).where(SpaceInvitation.email == "other@example.org")).one()
    first, second, third = links_in(box, "/home/")
    guest, late = Home(mailing.test_client()), Home(mailing.test_client())
    late.get(third)
    teacher.post(f"staff/invitations/{other}/withdrawal")
    refused = late.post(third, {"as": "new"})
    page = guest.get(second)
    landed = guest.post(second, {"as": "new", "name": "Grace Hopper"})

    assert "Nobody yet" in empty
    assert (wrong.status_code, "cannot be read as an e-mail address" in wrong.text) == (400, True)
    assert [answer.status_code for answer in (sent, again, withdrawn)] == [200, 200, 200]
    assert (first == second, first == third) == (True, False)
    mail = box.mails[0]
    assert (mail["To"], "Biology 101" in mail["Subject"]) == (GRACE, True)
    text = str(mail.get_body(("plain",)))
    assert all(part in text for part in ("Hello Grace Hopper,", "Tess Teacher invites you", "Assistant"))
    assert (refused.status_code, "help run the Space" in page.text) == (401, True)
    assert landed.headers["Location"] == f"/home/spaces/{space}/"
    grace = db.session.scalars(select(Person).where(Person.name == "Grace Hopper")).one()
    assert db.session.get(ProvenAddress, (grace.id, GRACE)) is not None
    assert guest.get(f"spaces/{space}/members").status_code == 200
    assert guest.post(f"spaces/{space}/staff/invitations", {"email": "x@example.org"}).status_code == 403
    assert (guest.post(second, {"as": "new"}).status_code, "Grace Hopper" in teacher.get("staff").text) == (401, True)
    come_back = Home(mailing.test_client())
    link = make_home_link(GRACE)
    come_back.get(link)
    come_back.post(link)
    assert "Biology 101" in come_back.get("spaces").text
