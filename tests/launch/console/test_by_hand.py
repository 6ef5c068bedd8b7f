"""An LMS that knows no registration URL is connected by hand, in the console."""

import pytest
from flask import Flask
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.model import Deployment, Registration
from lti_tool.people.admin.model import AuditEntry
from lti_tool.people.model import Organization
from tests.make.admin import Administrating, make_admin

PAGE = "/platforms/new"
MOODLE = {
    "issuer": "https://moodle.example.org", "client_id": "abc123",
    "auth_url": "https://moodle.example.org/mod/lti/auth.php",
    "token_url": " https://moodle.example.org/mod/lti/token.php ",
    "jwks_url": "https://moodle.example.org/mod/lti/certs.php", "deployment": "2", "name": "Our Moodle",
}  # fmt: skip


@pytest.fixture
def admin(app: Flask) -> Administrating:
    browser = make_admin(app)
    browser.get(PAGE)
    return browser


def platforms() -> list[Registration]:
    db.session.rollback()
    return list(db.session.scalars(select(Registration)))


def test_the_page_shows_what_the_lms_needs_of_us(admin: Administrating) -> None:
    page = admin.get(PAGE).text

    for address in ("/lti/login", "/lti/launch", "/lti/jwks.json"):
        assert f"http://localhost:8000{address}" in page


def test_values_copied_from_the_lms_connect_it(admin: Administrating) -> None:
    answer = admin.post(PAGE, MOODLE)

    [added] = platforms()
    assert answer.headers["Location"].endswith(f"/admin/platforms/{added.id}")
    assert (added.name, added.token_url) == ("Our Moodle", "https://moodle.example.org/mod/lti/token.php")
    assert db.session.scalars(select(Deployment.deployment_id)).all() == ["2"]
    [noted] = db.session.scalars(select(AuditEntry).where(AuditEntry.deed == "platform.added"))
    assert noted.subject == added.id


def test_it_can_join_an_organization_that_is_there(admin: Administrating) -> None:
    admin.post(PAGE, MOODLE)
    organization = db.session.scalars(select(Organization.id)).one()

    admin.post(PAGE, {**MOODLE, "client_id": "another", "organization": organization})

    assert [one.organization_id for one in platforms()] == [organization, organization]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"issuer": ""}, "Copy it from the LMS."),
        ({"jwks_url": "http://moodle.example.org/keys"}, "This address cannot be used"),
        ({"auth_url": "https://10.0.0.1/auth"}, "This address cannot be used"),
        ({"token_url": "nonsense"}, "This address cannot be used"),
        ({"organization": "somebody-elses"}, "Its organization"),
        ({"client_id": "x" * 300}, "Client id"),
    ],
)
def test_a_slip_is_said_and_what_was_typed_stays(admin: Administrating, change: dict[str, str], said: str) -> None:
    answer = admin.post(PAGE, {**MOODLE, **change})

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Our Moodle"' in answer.text
    assert platforms() == []


def test_a_platform_that_is_connected_is_never_overwritten(admin: Administrating) -> None:
    admin.post(PAGE, MOODLE)

    answer = admin.post(PAGE, {**MOODLE, "name": "Another name"})

    assert answer.status_code == 422
    assert "registered already" in answer.text
    assert [one.name for one in platforms()] == ["Our Moodle"]
