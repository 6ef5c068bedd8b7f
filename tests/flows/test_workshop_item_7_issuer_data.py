"""Issue 4, item 7: Data Management of an issuer. A period, Export CSV, and who may have it."""

import csv
import io

from flask import Flask
from sqlalchemy import select

from lti_tool.badges.awards import Recipient, revoke_award
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.db import db, transaction
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.visit import Role
from tests.api.program import make_program
from tests.make.award import make_award
from tests.make.everything import everything
from tests.make.home import make_home
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.reader import Reader
from tests.make.space import make_badge
from tests.make.staff import make_staff
from tests.make.visit import make_visit


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_an_editor_exports_every_award_and_the_log_says_so(app: Flask, organization: str) -> None:
    issuer, badge = first_issuer_of(organization), make_badge(organization, "Explorer")
    award, editor = make_award(badge, Recipient(email="ada@example.org")), make_person(organization, "Edda Editor")
    make_staff(issuer, editor, "editor")
    visit = make_visit(app, organization=organization, person=editor, role=Role.GUEST, no_course=True)
    reader = Reader(visit.client).open(f"{visit.path}/issuers/{issuer}").follow("Data Management")

    reader.press("Export CSV", first="2026-01-01")
    file = reader.answer

    assert file.headers["Content-Disposition"].startswith('attachment; filename="Example University awards from 2026')
    assert file.headers["Cache-Control"] == "no-store"
    assert [row["Award id"] for row in read(file.get_data())] == [award]
    deed = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "awards.exported")).one()
    assert (deed.actor, deed.subject, deed.scope, deed.facts) == (editor, issuer, issuer, {"from": "2026-01-01"})
    assert "exported the awards of this issuer" in reader.open(f"{visit.path}/issuers/{issuer}/history").says
    assert "Export badge awards" in reader.open(f"{visit.path}/issuers/{issuer}/awards.csv").says  # a bare address


def test_the_export_of_an_issuer_without_awards_is_its_header(app: Flask, organization: str) -> None:
    issuer, editor = first_issuer_of(organization), make_person(organization)
    make_staff(issuer, editor, "editor")
    make_badge(organization)

    answer = make_home(app, editor).post(f"issuers/{issuer}/awards.csv", {"separator": "semicolon"})

    assert answer.get_data().decode("utf-8-sig").count("\r\n") == 1
    assert answer.text.startswith("\ufeffRecipient;Recipient address;Badge;Badge id;Issued on (UTC);")


def test_the_export_is_refused_to_whoever_may_not_have_it(app: Flask, organization: str) -> None:
    issuer, awarder = first_issuer_of(organization), make_person(organization, "Will Awarder")
    make_staff(issuer, awarder, "awarder")
    stranger = make_person(make_organization("Another"), "Sam Stranger")
    awarders, strangers = make_home(app, awarder), make_home(app, stranger)
    before = everything()["audit_entry"]

    answers = [
        awarders.get(f"issuers/{issuer}/data"),
        awarders.post(f"issuers/{issuer}/awards.csv"),
        strangers.post(f"issuers/{issuer}/awards.csv"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 404]
    assert "Data Management" not in awarders.get(f"issuers/{issuer}").text
    assert everything()["audit_entry"] == before


def test_what_is_no_date_is_told_beside_its_field(app: Flask, organization: str) -> None:
    issuer, editor = first_issuer_of(organization), make_person(organization)
    make_staff(issuer, editor, "editor")
    home = make_home(app, editor)

    for wrong in ("yesterday", "0001-01-01", "9999-12-31", "2026-02-30", "1" * 100_000):
        answer = home.post(f"issuers/{issuer}/awards.csv", {"first": wrong})

        assert answer.status_code == 422, wrong
        assert 'class="wrong"' in answer.text


def test_a_program_exports_by_the_same_rules_and_a_revoked_award_says_so(app: Flask, organization: str) -> None:
    issuer, badge = first_issuer_of(organization), make_badge(organization, "Explorer")
    award, program = make_award(badge, Recipient(email="ada@example.org")), make_program(app, organization)
    strangers = make_program(app, make_organization("Another"))
    file = f"/issuers/{issuer}/awards.csv"
    before = everything()
    assert [row["Status"] for row in read(program.get(file).get_data())] == ["valid"]
    assert everything() == before

    with transaction():
        revoke_award(award, reason="By mistake.")

    assert [row["Status"] for row in read(program.get(file).get_data())] == ["revoked"]
    assert read(program.get(file, to="2020-01-01").get_data()) == []
    refused = program.get(file, **{"from": "2026-02-01", "to": "2026-01-01"})
    assert (refused.status_code, refused.json["error"]["code"]) == (400, "export_period")
    assert program.get(file, **{"from": "9999-12-31"}).status_code == 400
    assert strangers.get(file).status_code == 404
