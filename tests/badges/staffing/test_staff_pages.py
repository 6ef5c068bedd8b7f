"""The staff of an issuer: seen and changed by its owners alone, and an issuer that has an owner keeps one."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.issuers import create_issuer, first_issuer_of
from lti_tool.badges.staffing.invitations import invite_staff
from lti_tool.badges.staffing.model import IssuerInvitation, IssuerStaff
from lti_tool.badges.staffing.roles import change_role
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Person
from lti_tool.people.visit import Role
from tests.make.home import Home, make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.space import make_badge, make_space
from tests.make.staff import make_staff
from tests.make.visit import make_staff_visit, make_visit


def owner_at_home(app: Flask, organization: str) -> tuple[str, str, Home]:
    """The organization's issuer, its owner, and the owner's browser."""
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga Owner", "olga@example.org")
    make_staff(issuer, owner)
    return issuer, owner, make_home(app, owner)


def roles(issuer: str) -> dict[str, str]:
    db.session.expire_all()
    rows = select(IssuerStaff.person_id, IssuerStaff.role).where(IssuerStaff.issuer_id == issuer)
    return dict(db.session.execute(rows).all())


def test_an_owner_changes_a_role_and_takes_it_and_the_log_tells(app: Flask, organization: str) -> None:
    issuer, owner, browser = owner_at_home(app, organization)
    ada = make_person(organization, "Ada Lovelace", "ada@example.org")
    make_staff(issuer, ada, "awarder")

    page = browser.get(f"issuers/{issuer}/staff")
    changed = browser.post(f"issuers/{issuer}/staff/{ada}/role", {"role": "editor"})
    between = roles(issuer)
    asked = browser.get(f"issuers/{issuer}/staff/{ada}/removal")
    unchanged = roles(issuer)
    browser.post(f"issuers/{issuer}/staff/{ada}/removal")
    gone = [browser.get(f"issuers/{issuer}/staff/{ada}/removal"), browser.post(f"issuers/{issuer}/staff/{ada}/removal")]

    assert all(
        words in page.text for words in ("Olga Owner", "Ada Lovelace", "ada@example.org", 'aria-current="page">Staff')
    )
    assert (changed.status_code, changed.headers["Location"]) == (303, f"/home/issuers/{issuer}/staff")
    assert between == unchanged == {owner: "owner", ada: "editor"}
    assert "Remove somebody from the staff?" in asked.text
    assert roles(issuer) == {owner: "owner"}
    assert [answer.status_code for answer in gone] == [404, 404]
    deeds = db.session.scalars(select(AuditEntry).where(AuditEntry.scope == issuer).order_by(AuditEntry.id)).all()
    assert [(one.deed, one.actor, one.subject, one.facts) for one in deeds] == [
        ("staff.changed", owner, ada, {"role": "editor"}),
        ("staff.removed", owner, ada, {"role": "editor"}),
    ]


def test_the_last_owner_stays_one(app: Flask, organization: str) -> None:
    issuer, owner, browser = owner_at_home(app, organization)
    gone = make_person(organization, "Gone Owner")
    make_staff(issuer, gone)
    with transaction():
        db.session.get_one(Person, gone).disabled_at = clock.now()

    refused = [
        browser.post(f"issuers/{issuer}/staff/{owner}/role", {"role": "editor"}),
        browser.post(f"issuers/{issuer}/staff/{owner}/removal"),
    ]

    assert [(one.status_code, "Make somebody else an owner first" in one.text) for one in refused] == [(409, True)] * 2
    assert roles(issuer)[owner] == "owner"
    make_staff(issuer, make_person(organization, "Second Owner"))
    assert browser.post(f"issuers/{issuer}/staff/{owner}/removal").headers["Location"] == "/home/issuers"
    assert browser.get(f"issuers/{issuer}/staff").status_code == 403


def test_two_owners_who_demote_each_other_at_once_leave_one(app: Flask, organization: str) -> None:
    issuer = first_issuer_of(organization)
    owners = [make_person(organization, name) for name in ("One", "Two")]
    for owner in owners:
        make_staff(issuer, owner)
    db.session.rollback()

    def demote(person: str) -> str:
        with app.app_context():
            try:
                with transaction():
                    change_role(issuer, person, "editor")
            except Problem as problem:
                return problem.code
            finally:
                db.session.remove()
        return "done"

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(demote, owners))

    assert outcomes == ["done", "last_owner"]
    assert sorted(roles(issuer).values()) == ["editor", "owner"]


def test_nobody_but_an_owner_sees_or_changes_the_staff(app: Flask, organization: str) -> None:
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga Owner")
    make_staff(issuer, owner)
    people = {role: make_person(organization, role) for role in ("editor", "awarder", "nobody")}
    for role in ("editor", "awarder"):
        make_staff(issuer, people[role], role)
    with transaction():
        invitation = invite_staff(issuer, email="g@example.org", role="editor", by_hand=True).id
    before, page = roles(issuer), f"issuers/{issuer}/staff"

    for person in people.values():
        browser = make_home(app, person)
        tried = [
            browser.get(page),
            browser.get(f"{page}/{owner}/removal"),
            browser.post(f"{page}/{owner}/role", {"role": "awarder"}),
            browser.post(f"{page}/{person}/role", {"role": "owner"}),
            browser.post(f"{page}/{owner}/removal"),
            browser.post(f"{page}/invitations", {"email": "x@example.org", "role": "owner"}),
            browser.post(f"{page}/invitations/{invitation}/again"),
            browser.post(f"{page}/invitations/{invitation}/withdrawal"),
        ]
        assert [answer.status_code for answer in tried] == [403] * 8
        assert "Ask an owner of the issuer" in tried[0].text

    assert roles(issuer) == before
    assert len(db.session.scalars(select(IssuerInvitation).where(IssuerInvitation.withdrawn_at.is_(None))).all()) == 1


def test_an_owner_has_nothing_to_say_at_another_issuer_or_school(app: Flask, organization: str) -> None:
    issuer, owner, browser = owner_at_home(app, organization)
    with transaction():
        beside = create_issuer(
            organization=organization, name="Beside", url="https://b.example", email="b@example.org"
        ).id
    far = first_issuer_of(make_organization("Second School"))
    with transaction():
        invitation = invite_staff(beside, email="g@example.org", role="editor", by_hand=True).id
    make_staff(far, owner)  # a row that nothing of ours writes

    here, away = browser.get(f"issuers/{beside}/staff"), browser.get(f"issuers/{far}/staff")
    assert (here.status_code, "Ask an owner of the issuer" in here.text) == (403, True)
    assert (away.status_code, "There is nothing here" in away.text) == (404, True)
    assert browser.get("issuers/nowhere/staff").status_code == 404
    assert browser.post(f"issuers/{issuer}/staff/invitations/{invitation}/withdrawal").status_code == 404
    assert db.session.get_one(IssuerInvitation, invitation).withdrawn_at is None


def test_invitations_that_wait_are_listed_shown_again_and_withdrawn(app: Flask, organization: str) -> None:
    """Without a mail server the link is shown, each time it is asked for."""
    issuer, _, browser = owner_at_home(app, organization)
    page = f"issuers/{issuer}/staff"

    shown = browser.post(f"{page}/invitations", {"email": "grace@example.org", "role": "editor", "name": "Grace"})
    invitation = db.session.scalars(select(IssuerInvitation.id)).one()
    listed = browser.get(page)
    again = browser.post(f"{page}/invitations/{invitation}/again")
    browser.post(f"{page}/invitations/{invitation}/withdrawal")
    after = browser.get(page)

    assert "http://localhost:8000/home/invitations/" in shown.text
    assert "http://localhost:8000/home/invitations/" not in listed.text
    assert all(words in listed.text for words in ("Grace", "grace@example.org", "Invitations that wait for an answer"))
    assert "http://localhost:8000/home/invitations/" in again.text
    assert "grace@example.org" not in after.text
    assert browser.post(f"{page}/invitations/{invitation}/again").status_code == 404
    assert browser.post(f"{page}/invitations/{invitation}/withdrawal").status_code == 404


def test_the_same_page_in_a_visit_stays_in_the_visit(app: Flask, organization: str) -> None:
    issuer, owner = first_issuer_of(organization), make_person(organization, "Olga Owner")
    make_staff(issuer, owner)
    visitor = make_visit(app, organization=organization, person=owner, role=Role.STAFF)

    page = visitor.get(f"issuers/{issuer}/staff").text
    answer = visitor.post(f"issuers/{issuer}/staff/invitations", {"email": "grace@example.org", "role": "owner"})

    assert f"{visitor.path}/issuers/{issuer}/staff" in page
    assert "/home" not in page
    assert answer.status_code == 200


def test_the_rooms_lead_to_issuers_whoever_has_to_do_with_one_and_everybody_to_the_backpack(
    app: Flask, organization: str
) -> None:
    space = make_space(organization)
    badge = make_badge(organization)
    teacher = make_staff_visit(app, organization, space)
    learner = make_visit(
        app, organization=organization, person=make_person(organization), space=space, role=Role.MEMBER
    )
    awarder = make_person(organization, "Awarder")
    make_staff(first_issuer_of(organization), awarder, "awarder")
    working = make_visit(app, organization=organization, person=awarder, space=space, role=Role.MEMBER)

    def leads(page: str) -> tuple[bool, bool]:
        return ('/issuers"' in page, '/backpack"' in page)

    assert badge
    assert leads(learner.get().text) == (False, True)
    assert leads(working.get().text) == (True, True)
    assert leads(teacher.get().text) == (True, True)
    assert make_home(app, awarder).get().headers["Location"] == "/home/issuers"
    assert make_home(app, make_person(organization)).get().headers["Location"] == "/home/backpack"
