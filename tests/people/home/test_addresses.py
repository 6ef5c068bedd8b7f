"""My addresses: the same page in a visit and at home."""

from flask import Flask
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.home.model import ProvenAddress
from lti_tool.people.home.proving import addressees_of
from lti_tool.people.visit import Role
from tests.make.home import make_home, make_proven
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.visit import make_visit

ADDRESS = "ada@example.org"


def test_the_page_tells_what_the_school_says_from_what_is_proven(app: Flask, organization: str) -> None:
    person = make_person(organization, email=ADDRESS)
    visitor = make_visit(app, organization=organization, person=person, role=Role.MEMBER)
    before = visitor.get("addresses").text
    make_proven(person, ADDRESS)
    make_proven(person, "home@ada.example")
    after = visitor.get("addresses").text

    assert ("Not proven" in before, "Not proven" in after) == (True, False)
    assert "home@ada.example" in after
    assert f'href="{visitor.path}/backpack"' in after
    assert "/home/" not in after


def test_somebody_without_any_address_is_told_what_to_do(app: Flask, organization: str) -> None:
    visitor = make_visit(app, organization=organization, person=make_person(organization), role=Role.MEMBER)

    page = visitor.get("addresses")

    assert (page.status_code, "No address is known yet" in page.text) == (200, True)
    assert "no mail server is set up" in page.text
    refused = visitor.post("addresses", {"email": ADDRESS})
    assert (refused.status_code, "mail_not_set_up" in refused.text) == (409, True)


def test_a_proof_that_is_removed_leads_nowhere_any_more_and_comes_back_by_proving_again(
    app: Flask, organization: str
) -> None:
    person, other = make_person(organization), make_person(organization, "Other")
    make_proven(person, ADDRESS)
    make_proven(other, ADDRESS)
    browser = make_home(app, person)

    answer = browser.post("addresses/removal", {"address": ADDRESS})
    browser.post("addresses/removal", {"address": ADDRESS})
    browser.post("addresses/removal", {"address": "x" * 90_000})
    browser.post("addresses/removal")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/home/addresses")
    assert [one.person for one in addressees_of(ADDRESS)] == [other]
    deeds = db.session.scalars(select(AuditEntry.deed).where(AuditEntry.subject == person)).all()
    assert deeds.count("address.removed") == 1
    make_proven(person, ADDRESS)
    assert {one.person for one in addressees_of(ADDRESS)} == {person, other}


def test_whoever_looks_through_somebody_elses_account_sees_no_address_and_changes_none(
    app: Flask, organization: str
) -> None:
    person = make_person(organization)
    make_proven(person, ADDRESS)
    visitor = make_visit(app, organization=organization, person=person, role=Role.MEMBER, masked=True)

    answers = [
        visitor.get("addresses"),
        visitor.post("addresses", {"email": "x@y.example"}),
        visitor.post("addresses/removal", {"address": ADDRESS}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert ["account_closed" in answer.text for answer in answers] == [True, False, False]
    assert ADDRESS not in answers[0].text
    assert db.session.scalars(select(ProvenAddress.address)).all() == [ADDRESS]


def test_schools_do_not_mix(app: Flask, organization: str) -> None:
    """One school says the address of two people; at another one it is one person's."""
    for name in ("One", "Two"):
        make_person(organization, name, ADDRESS)
    alone = make_person(make_organization("Second School"), "Three", ADDRESS)

    assert [(one.person, one.school) for one in addressees_of(ADDRESS)] == [(alone, "Second School")]
    assert addressees_of("nobody@example.org") == []
