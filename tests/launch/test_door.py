"""Hostile and odd input at the door, over real HTTP: a clear answer with a code, nothing changed, never a fault."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from sqlalchemy import func, select, update

from lti_tool.db import db, transaction
from lti_tool.launch.claims import C
from lti_tool.launch.model import Deployment, LoginState, Registration, VisitRow
from lti_tool.launch.platforms import PlatformWords, add_platform
from tests.make.lms import Browser, Campus, words


def visits() -> int:
    return db.session.scalar(select(func.count()).select_from(VisitRow)) or 0


def launch(school: Campus, browser: Browser, change: Callable[[dict[str, Any]], None] = lambda claims: None) -> Any:
    """Login and launch with claims changed on the way; answers the tool's response."""
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    claims = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"]}
    change(claims)
    return browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"iss": None}, 400, "login_iss_missing"),
        ({"target_link_uri": None}, 400, "login_param_missing"),
        ({"login_hint": None}, 400, "login_param_missing"),
        ({"client_id": "another"}, 404, "platform_unknown"),
        ({"iss": "https://stranger.example"}, 404, "platform_unknown"),
        ({"target_link_uri": "https://evil.example/"}, 400, "target_unknown"),
        ({"target_link_uri": "{tool}/lti/login"}, 400, "target_unknown"),
        ({"target_link_uri": "{tool}/lti/jwks.json"}, 400, "target_unknown"),
        ({"login_hint": "a\r\nSet-Cookie: x=y"}, 400, "login_malformed"),
        ({"login_hint": "a\x00b"}, 400, "login_malformed"),
        ({"lti_message_hint": "x" * 9000}, 400, "login_malformed"),
        ({"iss": ["https://one.example", "https://two.example"]}, 400, "login_malformed"),
    ],
)
def test_an_odd_login_is_refused_in_words(school: Campus, change: dict[str, Any], status: int, code: str) -> None:
    params: dict[str, Any] = {**school.lms.login_request("biology", "helena"), **change}
    params = {name: value for name, value in params.items() if value is not None}
    params["target_link_uri"] = params.get("target_link_uri", "").replace("{tool}", school.url) or None

    answer = school.browser().post("/lti/login", params, allow_redirects=False)

    assert (answer.status_code, code in words(answer)) == (status, True)


@pytest.mark.parametrize("path", ["/", "/lti/launch", "/lti/launch/"])
def test_our_root_and_our_launch_address_both_mean_home(school: Campus, path: str) -> None:
    params = {**school.lms.login_request("biology", "helena"), "target_link_uri": school.url + path}

    assert school.begin(school.browser(), params)["redirect_uri"] == f"{school.url}/lti/launch"


def test_hints_come_back_byte_for_byte(school: Campus) -> None:
    hint = 'a&b=%41+ü"><script>'
    params = {**school.lms.login_request("biology", "helena"), "lti_message_hint": hint}

    assert school.begin(school.browser(), params)["lti_message_hint"] == hint


def test_login_works_by_get_too(school: Campus) -> None:
    params = school.lms.login_request("biology", "helena")

    answer = school.browser().get("/lti/login", params=params, allow_redirects=False)

    assert answer.headers["Location"].startswith(school.lms.settings.auth_url)


def test_login_at_the_registrations_own_address_needs_no_client_id(school: Campus) -> None:
    params = school.lms.login_request("biology", "helena")
    del params["client_id"]

    answer = school.browser().post(f"/lti/login/{school.registration}", params, allow_redirects=False)

    assert answer.headers["Location"].startswith(school.lms.settings.auth_url)


def test_a_client_id_that_contradicts_the_login_address_is_refused(school: Campus) -> None:
    params = {**school.lms.login_request("biology", "helena"), "client_id": "another"}

    answer = school.browser().post(f"/lti/login/{school.registration}", params)

    assert "client_mismatch" in words(answer)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_told_which_ones_there_are(school: Campus, method: str) -> None:
    answer = school.browser().session.request(method, f"{school.url}/lti/login", timeout=10)

    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_launch_by_get_is_refused_and_its_token_not_read(school: Campus) -> None:
    assert school.browser().get("/lti/launch?id_token=x").status_code == 405


def test_a_launch_without_state_is_refused(school: Campus) -> None:
    answer = school.browser().post("/lti/launch", {"id_token": "x"})

    assert (answer.status_code, "state_missing" in words(answer)) == (400, True)


def test_a_launch_nobody_began_is_refused(school: Campus) -> None:
    answer = school.browser().post("/lti/launch", {"id_token": "x", "state": "made-up"})

    assert (answer.status_code, "state_unknown" in words(answer)) == (401, True)


def test_the_state_of_another_browser_is_refused(school: Campus) -> None:
    mine, theirs = school.browser(), school.browser()
    answer = school.authorize(mine, school.begin(mine, school.lms.login_request("biology", "helena")))

    refused = theirs.post("/lti/launch", answer)

    assert (refused.status_code, "browser_unproven" in words(refused)) == (401, True)
    assert visits() == 0


def test_a_login_that_waited_too_long_is_refused(school: Campus) -> None:
    browser = school.browser()
    answer = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    with transaction():
        row = db.session.scalars(select(LoginState)).one()
        db.session.execute(update(LoginState).values(expires_at=row.expires_at.replace(year=2020)))

    refused = browser.post("/lti/launch", answer)

    assert (refused.status_code, "state_expired" in words(refused)) == (401, True)


def test_a_launch_counts_once(school: Campus) -> None:
    browser = school.browser()
    answer = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))

    first = browser.post("/lti/launch", answer)
    with transaction():
        used_at = db.session.scalars(select(LoginState.consumed_at)).one()
        assert used_at is not None
        db.session.execute(update(LoginState).values(consumed_at=used_at - timedelta(seconds=11)))
    second = browser.post("/lti/launch", answer)

    assert (first.status_code, second.status_code, "replayed" in words(second)) == (200, 401, True)
    assert visits() == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nonce": "of another login"}, "nonce_wrong"),
        ({"nonce": None}, "nonce_wrong"),
        ({"iss": "https://other.example"}, "registration_mismatch"),
        ({"aud": "another-tool"}, "audience_wrong"),
        ({"aud": ["spaces-sandbox", "stranger"]}, "audience_wrong"),
        ({"azp": "stranger"}, "audience_wrong"),
        ({C + "deployment_id": "2"}, "deployment_mismatch"),
        ({C + "target_link_uri": "https://evil.example/"}, "target_unknown"),
        ({C + "message_type": "LtiStartProctoring"}, "message_unsupported"),
    ],
)
def test_a_token_that_says_something_else_is_refused(school: Campus, change: dict[str, Any], code: str) -> None:
    answer = launch(school, school.browser(), lambda claims: claims.update(change))

    assert answer.status_code in (400, 401)
    assert code in words(answer)
    assert visits() == 0


def test_a_token_of_another_signer_is_refused(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))
    claims = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"]}
    stranger = generate_private_key(65537, 2048)
    forged = jwt.encode(claims, stranger, "RS256", {"kid": school.lms.keys.current.kid})

    answer = browser.post("/lti/launch", {"id_token": forged, "state": asked["state"]})

    assert (answer.status_code, "signature_wrong" in words(answer)) == (401, True)


def test_a_token_changed_on_its_way_is_refused(school: Campus) -> None:
    browser = school.browser()
    answer = school.authorize(browser, school.begin(browser, school.lms.login_request("biology", "helena")))
    head, body, signature = answer["id_token"].split(".")
    answer["id_token"] = f"{head}.{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"

    assert "signature_wrong" in words(browser.post("/lti/launch", answer))


def test_a_megabyte_of_token_is_too_large(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))

    answer = browser.post("/lti/launch", {"id_token": "x" * 1_000_000, "state": asked["state"]})

    assert (answer.status_code, "too_large" in words(answer)) == (413, True)


def test_a_platforms_refusal_is_a_friendly_page_and_ends_the_login(school: Campus) -> None:
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request("biology", "helena"))

    answer = browser.post("/lti/launch", {"error": "login_required", "state": asked["state"]})

    assert (answer.status_code, "platform_refused" in words(answer)) == (401, True)
    assert db.session.scalars(select(LoginState.consumed_at)).one() is not None


def test_the_launch_of_one_registration_does_not_answer_the_login_of_another(school: Campus) -> None:
    lms = school.lms.settings
    with transaction():
        add_platform(
            PlatformWords(lms.url, "second-client", lms.auth_url, lms.token_url, lms.jwks_url, deployments=("1",))
        )
    browser = school.browser()
    params = {**school.lms.login_request("biology", "helena"), "client_id": "second-client"}
    asked = school.begin(browser, params)
    claims = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"]}

    answer = browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})

    assert (answer.status_code, "audience_wrong" in words(answer)) == (401, True)


def test_an_unknown_deployment_waits_for_approval(school: Campus) -> None:
    params = school.lms.login_request("biology", "helena")
    del params["lti_deployment_id"]
    browser = school.browser()
    asked = school.begin(browser, params)
    claims = {**school.lms.claims("biology", "helena", deployment_id="7"), "nonce": asked["nonce"]}

    answer = browser.post("/lti/launch", {"id_token": school.lms.sign(claims), "state": asked["state"]})

    assert (answer.status_code, "deployment_pending" in words(answer)) == (403, True)
    assert db.session.scalars(select(Deployment.status).where(Deployment.deployment_id == "7")).one() == "pending"


def test_a_switched_off_registration_ends_visits_at_once(school: Campus) -> None:
    browser, page = school.open("biology", "helena")
    with transaction():
        registration = db.session.get_one(Registration, school.registration)
        registration.switched_off_at = registration.created_at

    again = browser.get(page.url)

    assert (again.status_code, "platform_off" in words(again)) == (403, True)


def test_a_key_rotated_between_two_launches_is_found(school: Campus) -> None:
    school.open("biology", "helena")
    school.lms.keys.rotate()

    _, page = school.open("biology", "kwame")

    assert page.status_code == 200


def test_a_platform_whose_keys_do_not_answer_any_more_still_gets_in(school: Campus) -> None:
    school.open("biology", "helena")
    school.lms.faults.jwks_down = True

    _, page = school.open("biology", "kwame")

    assert page.status_code == 200


def test_random_kids_cause_one_fetch_in_the_cool_down(school: Campus) -> None:
    school.open("biology", "helena")
    before = school.lms.traffic["jwks"]

    for number in range(10):
        browser = school.browser()
        asked = school.begin(browser, school.lms.login_request("biology", "helena"))
        claims = {**school.lms.claims("biology", "helena"), "nonce": asked["nonce"]}
        forged = school.lms.sign(claims, {"kid": f"made-up-{number}"})
        assert "kid_unknown" in words(browser.post("/lti/launch", {"id_token": forged, "state": asked["state"]}))

    assert school.lms.traffic["jwks"] == before + 1


def test_keys_that_drip_slowly_hold_nobody_for_long(school: Campus) -> None:
    school.lms.faults.delays["jwks"] = 8.0  # whoever waits that long lets the launch in

    answer = launch(school, school.browser())

    assert (answer.status_code, "keys_unavailable" in words(answer)) == (503, True)
