"""The console's issuers: every one with its owners; the first owner is given or invited there."""

import re
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from lti_tool import clock
from lti_tool.badges.issuers import archive_issuer, first_issuer_of
from lti_tool.badges.model import Issuer
from lti_tool.badges.staffing.model import IssuerInvitation, IssuerStaff
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Person
from tests.make.admin import make_admin
from tests.make.home import Home, make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person


def test_every_issuer_is_listed_with_its_owners_and_a_new_one_is_made(app: Flask, organization: str) -> None:
    make_organization("Second School")
    admin = make_admin(app)

    before = admin.get("/issuers").text
    new = {"organization": organization, "name": "Library", "url": "https://lib.example", "email": "lib@example.org"}
    answer = admin.post("/issuers", new)
    refused = [
        admin.post("/issuers", {**new, **wrong}).status_code
        for wrong in (
            {"organization": "x" * 9000},
            {"name": ""},
            {"url": "ftp://x"},
            {"email": "none"},
            {"name": "\x00"},
        )
    ]

    assert all(words in before for words in ("Example University", "Second School", "No owner yet"))
    library = db.session.scalars(select(Issuer).where(Issuer.name == "Library")).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/admin/issuers/{library.id}")
    assert refused == [404, 400, 400, 400, 400]
    assert "Library" in admin.get("/issuers").text
    assert db.session.scalars(select(AuditEntry.deed).where(AuditEntry.scope == library.id)).all() == ["issuer.defined"]


def test_an_administrator_finds_somebody_of_the_school_and_gives_and_takes_a_role(
    app: Flask, organization: str
) -> None:
    issuer, admin = first_issuer_of(organization), make_admin(app)
    ada, gone = make_person(organization, "Ada Lovelace", "ada@example.org"), make_person(organization, "Ada Gone")
    far = make_person(make_organization("Second School"), "Ada Elsewhere")
    make_proven(ada, "countess@home.example")
    with transaction():
        db.session.get_one(Person, gone).disabled_at = clock.now()
    page = f"/issuers/{issuer}"

    found = {
        term: admin.get(f"{page}?find={term}").text
        for term in ("lovel", "a", "%25%25", "ADA@example.org", "countess@home.example", "ada")
    }
    refused = [
        admin.post(f"{page}/staff", {"person": one, "role": "owner"}).status_code for one in (far, gone, "nobody")
    ]
    refused.append(admin.post(f"{page}/staff", {"person": ada, "role": "king"}).status_code)
    given = admin.post(f"{page}/staff", {"person": ada, "role": "owner"})
    listed = admin.get("/issuers").text
    admin.post(f"{page}/staff/{ada}/role", {"role": "editor"})
    changed = db.session.scalars(select(IssuerStaff.role)).all()
    db.session.expire_all()
    admin.post(f"{page}/staff/{ada}/role", {"role": ""})

    assert {term: f'value="{ada}"' in text for term, text in found.items()} == {
        "lovel": True, "a": False, "%25%25": False, "ADA@example.org": True, "countess@home.example": True, "ada": True,
    }  # fmt: skip
    assert "Ada Gone" not in found["ada"]
    assert "Ada Elsewhere" not in found["ada"]
    assert refused == [404, 404, 404, 400]
    assert given.status_code == 303
    assert "Ada Lovelace" in listed
    assert changed == ["editor"]
    assert db.session.scalars(select(IssuerStaff)).all() == []
    deeds = db.session.execute(select(AuditEntry.deed, AuditEntry.actor_kind).where(AuditEntry.scope == issuer)).all()
    assert [tuple(one) for one in deeds] == [
        (deed, "administrator") for deed in ("staff.added", "staff.changed", "staff.removed")
    ]


def test_the_first_owner_is_invited_at_the_console_and_comes_without_any_lms(app: Flask, organization: str) -> None:
    issuer, admin = first_issuer_of(organization), make_admin(app)
    page = f"/issuers/{issuer}"

    assert '<option value="owner" selected>' in admin.get(page).text
    shown = admin.post(f"{page}/invitations", {"email": "grace@example.org", "role": "owner"}).text
    invitation = db.session.scalars(select(IssuerInvitation.id)).one()
    again = admin.post(f"{page}/invitations/{invitation}/again").text
    found = re.search(r'value="(http://localhost:8000/home/invitations/\w+)"', again)
    assert found is not None
    link = urlsplit(found.group(1)).path.removeprefix("/home/")
    guest = Home(app.test_client())
    guest.get(link)
    guest.post(link, {"as": "new", "name": "Grace Hopper"})

    assert found.group(1) in shown
    assert guest.get(f"issuers/{issuer}/staff").status_code == 200
    assert "Grace Hopper" in admin.get("/issuers").text
    admin.post(f"{page}/invitations", {"email": "other@example.org", "role": "owner"})
    waiting = db.session.scalars(select(IssuerInvitation.id).where(IssuerInvitation.email == "other@example.org")).one()
    assert admin.post(f"{page}/invitations/{waiting}/withdrawal").status_code == 303
    assert "other@example.org" not in admin.get(page).text


def test_an_archived_issuer_is_restored_at_the_console(app: Flask, organization: str) -> None:
    issuer, admin = first_issuer_of(organization), make_admin(app)
    with transaction():
        archive_issuer(issuer, archived=True)

    before = admin.get(f"/issuers/{issuer}").text
    admin.post(f"/issuers/{issuer}/restoration")
    after = admin.get(f"/issuers/{issuer}").text

    assert ("Restore it" in before, "Restore it" in after) == (True, False)
    assert admin.get("/issuers/nobody").status_code == 404
    assert admin.post("/issuers/nobody/restoration").status_code == 404
