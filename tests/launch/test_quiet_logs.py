"""What operators read says which refusal or fault it was, and never who, nor a secret (decision 14)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from lti_tool.db import db, new_id, transaction
from lti_tool.launch.messages import C
from lti_tool.logs import init_logs
from lti_tool.people.model import Person
from lti_tool.settings import Settings
from tests.make.launch import PICKING, OnItsWay, launch_on_its_way
from tests.make.lms import Campus
from tests.make.organization import make_organization


def test_an_error_of_the_database_carries_no_name_and_no_address(app: Flask) -> None:
    person = {"id": new_id(), "organization_id": "nowhere", "name": "Rosa López", "email": "rosa@example.edu"}

    with pytest.raises(SQLAlchemyError) as failed, transaction():
        db.session.execute(insert(Person).values(**person))

    assert "Rosa" not in str(failed.value)
    assert "rosa@example.edu" not in str(failed.value)


def test_a_database_that_is_busy_or_broken_is_logged_without_its_values(
    app: Flask, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    row = {"id": "x" * 32, "organization_id": make_organization(), "name": " ".join(("Rosa", "López"))}
    init_logs(settings.model_copy(update={"log_level": "INFO"}))
    with app.test_request_context("/"):
        try:
            with transaction():
                for _ in range(2):
                    db.session.execute(insert(Person).values(**row))
        except SQLAlchemyError as error:
            answer = app.make_response(app.handle_user_exception(error))

    logged = "".join(capfd.readouterr())
    assert (answer.status_code, '"fault"' in logged) == (500, True)
    assert row["name"] not in answer.get_data(as_text=True) + logged
    assert "L\\u00f3pez" not in logged


@pytest.mark.parametrize("begins", ["/lti/register/", "/admin/sign-in/", "/lti/self-test/"])
def test_a_secret_in_an_address_that_leads_nowhere_is_not_logged(
    app: Flask, capfd: pytest.CaptureFixture[str], begins: str
) -> None:
    init_logs(Settings(log_level="DEBUG"))
    client = app.test_client()

    for method, rest in (("GET", "/"), ("DELETE", ""), ("GET", "/check"), ("GET", "/no/such/page"), ("POST", "/")):
        assert client.open(f"{begins}planted-secret{rest}", method=method).status_code in (403, 404, 405)
    client.get("/no/such/page")

    logged = "".join(capfd.readouterr())
    assert (logged.count(f'"{begins}\\u2026"'), '"/no/such/page"' in logged) == (5, True)
    assert "planted-secret" not in logged


PLANTED = {
    "name": "Planted Person", "given_name": "Planted-given", "family_name": "Planted-family",
    "email": "planted@secret.example",
    C + "launch_presentation": {"return_url": "https://lms.example/course/7?sesskey=planted-sesskey"},
}  # fmt: skip
REVIEW = {C + "message_type": "LtiSubmissionReviewRequest", C + "for_user": {"user_id": "planted-learner"}}
PRIVACY = {C + "message_type": "LtiDataPrivacyLaunchRequest", C + "resource_link": None, C + "context": None}
UNKNOWN = {C + "message_type": "LtiStartProctoring"}
PEOPLE = {"Planted", "planted@secret.example", "planted-sesskey", "of-this-teacher", "planted-learner"}


@dataclass
class Day:
    """Everything that happened: the pages that came, and what was secret about getting there."""

    pages: list[requests.Response] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)

    def launch(self, school: Campus, *ways: Callable[[OnItsWay], requests.Response], **claims: Any) -> None:
        sent = launch_on_its_way(school, **{**PLANTED, **claims})
        self.pages += [way(sent) for way in ways]
        self.secrets |= {sent.asked["state"], sent.asked["nonce"], sent.fields["id_token"]}
        self.secrets |= {cookie.value for cookie in sent.browser.session.cookies if cookie.value not in (None, "1")}


def a_day_at_the_door(school: Campus) -> Day:
    """Every message well, twice, forged, by another browser, refused by the LMS; a roster; a form from elsewhere."""
    day = Day()
    for claims in ({}, PICKING, REVIEW, PRIVACY, UNKNOWN):
        day.launch(school, OnItsWay.post, OnItsWay.post, **claims)
        day.launch(school, OnItsWay.post_forged, lambda sent: sent.post(by=school.browser()), **claims)
    day.launch(school, lambda sent: sent.post(id_token="", error="login_required", error_description="Planted"))
    day.launch(school, OnItsWay.post, **{C + "deployment_id": "unheard", "nonce": "planted-learner"})
    browser, offer = school.open("biology", "helena")
    day.pages.append(browser.submit(offer, "/space", form_token="planted-learner"))
    day.pages.append(browser.submit(offer, "/space"))
    school.lms.faults.jwks_down = True
    school.do_jobs()
    return day


def test_a_day_at_the_door_leaves_no_secret_and_nobody_in_the_log(
    school: Campus, capfd: pytest.CaptureFixture[str]
) -> None:
    init_logs(Settings(log_level="DEBUG"))

    day = a_day_at_the_door(school)

    logged = "".join(capfd.readouterr())
    for code in ("signature_wrong", "browser_unproven", "message_unsupported", "platform_refused", "form_expired"):
        assert f'"{code}"' in logged
    assert len(day.secrets) > 40
    assert not [secret for secret in day.secrets | PEOPLE if secret in logged]


def test_a_day_at_the_door_leaves_no_secret_in_any_page_or_address(school: Campus) -> None:
    day = a_day_at_the_door(school)

    assert len({page.status_code for page in day.pages}) > 3
    for page in day.pages:
        steps = [page.url, *page.headers.values(), page.text]
        assert not [secret for secret in day.secrets for step in steps if secret in step]
        assert not [one for one in PEOPLE if one in page.url]
        if page.status_code != 200:  # whoever is refused is told a code, and never who they are
            assert not [one for one in PEOPLE - {"planted-sesskey"} if one in page.text]
    assert all("planted-sesskey" not in page.text for page in day.pages if "signature_wrong" in page.text)
