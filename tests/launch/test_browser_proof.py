"""The browser that begins a login is the one that launches, in a frame and out of it (decision 4)."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti_tool.app import create_app
from lti_tool.db import db, transaction
from lti_tool.launch.model import LoginState, Registration, VisitRow
from lti_tool.settings import Settings
from tests.make.inside import inside
from tests.make.lms import Campus, forms, words
from tests.make.organization import make_organization
from tests.make.visit import make_registration

HINTS = {"login_hint": "1", "lti_message_hint": 'one use & "only"', "target_link_uri": "http://localhost:8000/"}
AUTH = "https://lms.example/auth?"
FRAMED = {"Sec-Fetch-Dest": "iframe"}
OLD = {"User-Agent": "Mozilla/5.0 (iPad; CPU OS 15_7) Version/15.6 Safari/604.1"}  # such a one never says `Sec-Fetch-…`


@pytest.fixture
def params(app: Flask) -> dict[str, str]:
    registration = db.session.get_one(Registration, make_registration(make_organization()))
    return {**HINTS, "iss": registration.issuer, "client_id": registration.client_id}


def begin(client: FlaskClient, params: dict[str, str], headers: dict[str, str]) -> TestResponse:
    return client.post("/lti/login", data=params, headers=headers)


def launch(client: FlaskClient, answer: TestResponse) -> TestResponse:
    """The platform's POST that follows: any token will do, for the browser is asked first."""
    state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
    return client.post("/lti/launch", data={"state": state, "id_token": "any"})


def drop(client: FlaskClient, *, all_but: str = "") -> None:
    for cookie in list(client._cookies.values()):
        if cookie.key != all_but:
            client.delete_cookie(cookie.key, domain=cookie.domain, path=cookie.path)


def count(table: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_a_frame_that_is_new_goes_round_once_and_then_to_the_platform(
    client: FlaskClient, params: dict[str, str]
) -> None:
    first = begin(client, params, FRAMED)
    second = client.get(first.headers["Location"], headers=FRAMED)

    assert first.headers["Location"].startswith("/lti/login?")
    assert second.headers["Location"].startswith(AUTH)
    asked = parse_qs(urlsplit(second.headers["Location"]).query)
    assert asked["lti_message_hint"] == [HINTS["lti_message_hint"]]


def test_the_round_begins_no_login_yet_and_its_address_says_only_what_the_platform_said(
    client: FlaskClient, params: dict[str, str]
) -> None:
    around = begin(client, params, FRAMED).headers["Location"]

    assert parse_qs(urlsplit(around).query) == {**{name: [value] for name, value in params.items()}, "look": ["1"]}
    assert count(LoginState) == 0


def test_a_frame_that_kept_a_cookie_of_ours_goes_straight_to_the_platform(
    client: FlaskClient, params: dict[str, str]
) -> None:
    client.get(begin(client, params, FRAMED).headers["Location"], headers=FRAMED)

    assert begin(client, params, FRAMED).headers["Location"].startswith(AUTH)


@pytest.mark.parametrize(("length", "goes"), [(3000, "/lti/login?"), (6000, "/lti/login?"), (8192, AUTH)])
def test_a_hint_too_long_for_an_address_of_ours_is_not_carried_round(
    client: FlaskClient, params: dict[str, str], length: int, goes: str
) -> None:
    assert begin(client, {**params, "lti_message_hint": "h" * length}, FRAMED).headers["Location"].startswith(goes)


def test_a_frame_that_keeps_nothing_is_offered_a_window_before_the_platform_is_asked(school: Campus) -> None:
    browser = school.browser(in_frame=True, keeps_cookies=False)
    params = school.lms.login_request("biology", "helena")

    page = browser.post("/lti/login", params)

    [form] = forms(page)
    assert page.status_code == 200
    assert {name: form.fields[name] for name in params if name in form.fields} == {
        name: value for name, value in params.items() if name != "lti_storage_target"
    }
    assert school.lms.traffic["auth"] == 0
    window = school.browser()
    answer = window.submit(page, "/lti/login")
    assert answer.url.startswith(school.lms.settings.url), words(answer)


def test_a_look_that_brings_no_cookie_begins_no_login(client: FlaskClient, params: dict[str, str]) -> None:
    around = begin(client, params, FRAMED).headers["Location"]
    drop(client)

    offer = client.get(around, headers=FRAMED)

    assert (offer.status_code, b"Open in a new window" in offer.data) == (200, True)
    assert count(LoginState) == 0
    assert "Set-Cookie" not in offer.headers


def test_a_look_that_passed_proves_no_browser_by_itself(client: FlaskClient, params: dict[str, str]) -> None:
    answer = client.get(begin(client, params, FRAMED).headers["Location"], headers=FRAMED)
    drop(client, all_but="lti-kept")

    assert b"browser_unproven" in launch(client, answer).data


@pytest.mark.parametrize(
    ("headers", "pressed", "proof"),
    [
        ({"Sec-Fetch-Dest": "document"}, {}, "window"),
        ({"Sec-Fetch-Dest": "document"}, {"new_window": "1"}, "new_window"),
        (OLD, {}, "window"),
        (FRAMED, {}, "frame"),
        (FRAMED, {"new_window": "1"}, "frame"),
    ],
)
def test_a_login_remembers_where_its_browser_has_to_show_itself(
    client: FlaskClient, params: dict[str, str], headers: dict[str, str], pressed: dict[str, str], proof: str
) -> None:
    client.set_cookie("lti-kept", "1", domain="localhost")

    begin(client, {**params, **pressed}, headers)

    assert db.session.scalars(select(LoginState.proof)).one() == proof


def test_the_cookie_that_came_and_the_one_that_did_not_are_told_apart(
    client: FlaskClient, params: dict[str, str]
) -> None:
    answer = begin(client, params, {})
    name = next(cookie.key for cookie in client._cookies.values() if cookie.key != "lti-kept")
    drop(client)
    without = launch(client, answer)
    client.set_cookie(name, "made-up", domain="localhost")
    wrong = launch(client, answer)

    assert b"The cookie of this login did not come with the launch." in without.data
    assert b"The cookie that came with the launch is not that of this login." in wrong.data


@pytest.mark.parametrize("headers", [OLD, {}, {"Sec-Fetch-Dest": "document"}, FRAMED])
def test_a_launch_without_the_cookie_is_refused_whatever_the_browser(
    client: FlaskClient, params: dict[str, str], headers: dict[str, str]
) -> None:
    if headers == FRAMED:
        client.set_cookie("lti-kept", "1", domain="localhost")
    answer = begin(client, params, headers)
    drop(client, all_but="lti-kept")

    refused = launch(client, answer)

    assert (refused.status_code, b"browser_unproven" in refused.data) == (401, True)
    assert params["iss"].encode() in refused.data  # the way back to the LMS
    assert count(VisitRow) == 0


def test_a_frame_that_stops_keeping_cookies_is_looked_at_anew_the_next_time(
    client: FlaskClient, params: dict[str, str]
) -> None:
    client.set_cookie("lti-kept", "1", domain="localhost")
    answer = begin(client, params, FRAMED)
    drop(client, all_but="lti-kept")
    launch(client, answer)

    again = begin(client, params, FRAMED)

    assert again.headers["Location"].startswith("/lti/login?")


def test_a_failed_launch_with_its_cookie_makes_nobody_go_round_again(
    client: FlaskClient, params: dict[str, str]
) -> None:
    client.set_cookie("lti-kept", "1", domain="localhost")

    refused = launch(client, begin(client, params, FRAMED))

    assert b"token_malformed" in refused.data
    assert begin(client, params, FRAMED).headers["Location"].startswith(AUTH)


def test_one_login_begun_in_two_tabs_is_two_logins_with_two_cookies(
    client: FlaskClient, params: dict[str, str]
) -> None:
    tabs = [begin(client, params, {}) for _ in range(2)]

    assert [b"token_malformed" in launch(client, tab).data for tab in tabs] == [True, True]


def test_every_cookie_of_a_login_is_for_us_alone(client: FlaskClient, params: dict[str, str]) -> None:
    for cookie in begin(client, params, {}).headers.getlist("Set-Cookie"):
        assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_over_https_no_sister_host_can_plant_the_cookie_of_a_login(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings.model_copy(update={"public_url": "https://badges.example"}))
    with inside(app):
        registration = db.session.get_one(Registration, make_registration(make_organization()))
        said = {**HINTS, "iss": registration.issuer, "target_link_uri": "https://badges.example/"}

        answer = app.test_client().post("/lti/login", data=said)

        planted = [cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")]
    assert [name for name in planted if name.startswith("__Host-lti-")]


def test_a_head_request_begins_no_login(client: FlaskClient, params: dict[str, str]) -> None:
    answer = client.head("/lti/login", query_string=params)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")
    assert count(LoginState) == 0


def test_logins_that_nobody_ended_are_swept_by_the_next_one(client: FlaskClient, params: dict[str, str]) -> None:
    for _ in range(3):
        begin(client, params, {})
    with transaction():
        for row in db.session.scalars(select(LoginState)):
            row.expires_at = row.expires_at.replace(year=2020)

    begin(client, params, {})

    assert count(LoginState) == 1


@pytest.mark.parametrize(
    ("auth_url", "asked"),
    [
        ("https://lms.example/auth", "https://lms.example/auth?scope="),
        ("https://lms.example/auth?", "https://lms.example/auth?scope="),
        ("https://lms.example/auth?tenant=7", "https://lms.example/auth?tenant=7&scope="),
        ("https://lms.example/auth?tenant=7&", "https://lms.example/auth?tenant=7&scope="),
        ("https://lms.example/auth?next=a?b", "https://lms.example/auth?next=a?b&scope="),
    ],
)
def test_whatever_query_the_platforms_address_has_stays(
    client: FlaskClient, params: dict[str, str], auth_url: str, asked: str
) -> None:
    with transaction():
        db.session.query(Registration).one().auth_url = auth_url

    assert begin(client, params, {}).headers["Location"].startswith(asked)


@pytest.mark.parametrize("why", ["target", "error", "expired", "off"])
def test_a_refusal_whose_platform_is_known_leads_back_to_it(
    client: FlaskClient, params: dict[str, str], why: str
) -> None:
    if why == "target":
        refused = begin(client, {**params, "target_link_uri": "https://evil.example/"}, {})
    else:
        state = parse_qs(urlsplit(begin(client, params, {}).headers["Location"]).query)["state"][0]
        with transaction():
            row, registration = db.session.query(LoginState).one(), db.session.query(Registration).one()
            row.expires_at = row.expires_at.replace(year=2020) if why == "expired" else row.expires_at
            registration.switched_off_at = registration.created_at if why == "off" else None
        said = {"error": "login_required"} if why == "error" else {"id_token": "any"}
        refused = client.post("/lti/launch", data={"state": state, **said})

    assert refused.status_code >= 400
    assert f'href="{params["iss"]}"' in refused.text
