"""The token endpoint believes nobody without a perfect assertion."""

import time
from typing import Any

import pytest
import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation


def test_a_good_assertion_gets_the_scopes_asked_for(lms: Installation) -> None:
    answer = lms.ask_token(words.ROSTER_SCOPE, words.SCORE_SCOPE, "https://example.org/unheard-of")
    assert answer.status_code == 200
    assert set(answer.json()["scope"].split()) == {words.ROSTER_SCOPE, words.SCORE_SCOPE}
    assert answer.json()["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "over",
    [
        {"aud": "https://elsewhere.example/token"},
        {"aud": None},
        {"iss": "somebody-else"},
        {"sub": "somebody-else"},
        {"exp": -60},
        {"exp": None},
        {"iat": 600, "exp": 900},
        {"iat": None},
        {"jti": None},
        {"jti": ""},
        {"exp": 7200},
    ],
)
def test_a_wrong_assertion_is_refused(lms: Installation, over: dict[str, Any]) -> None:
    """Times are seconds from now, which is when the test runs, not when it was collected."""
    now = int(time.time())
    said = {name: now + value if isinstance(value, int) else value for name, value in over.items()}
    answer = lms.ask_token(assertion=lms.assertion(**said))
    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_an_assertion_is_good_once(lms: Installation) -> None:
    assertion = lms.assertion()
    assert lms.ask_token(assertion=assertion).status_code == 200
    assert lms.ask_token(assertion=assertion).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"kid": "unknown"}])
def test_an_assertion_names_a_published_key(lms: Installation, headers: dict[str, object]) -> None:
    assert lms.ask_token(assertion=lms.assertion(headers)).status_code == 401


def test_rubbish_is_no_assertion(lms: Installation) -> None:
    assert lms.ask_token(assertion="a.b.c").json()["error"] == "invalid_client"


def test_the_tools_keys_are_kept_and_fetched_again_for_a_new_kid(lms: Installation) -> None:
    lms.ask_token()
    lms.ask_token()
    assert lms.tool.key_fetches == 1
    lms.tool.change_key("tool-2")
    assert lms.ask_token().status_code == 200
    assert lms.tool.key_fetches == 2


def test_a_tool_that_publishes_its_private_key_is_refused(lms: Installation) -> None:
    lms.tool.published[0]["d"] = "secret"
    answer = lms.ask_token()
    assert answer.status_code == 401
    assert "private" in answer.json()["error_description"]


def test_a_tool_whose_keys_make_no_sense_is_refused(lms: Installation) -> None:
    lms.tool.published[0]["n"] = "!"
    assert lms.ask_token().status_code == 401


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": "jwt"}, "invalid_request"),
        ({"scope": "https://example.org/unheard-of"}, "invalid_scope"),
    ],
)
def test_a_wrong_form_is_refused(lms: Installation, over: dict[str, str], error: str) -> None:
    answer = lms.ask_token(**over)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_a_form_sent_as_json_is_refused(lms: Installation) -> None:
    answer = requests.post(f"{lms.url}/token", json={"grant_type": "client_credentials"}, timeout=10)
    assert answer.json()["error"] == "invalid_request"


def test_a_token_ends_when_its_seconds_are_over(lms: Installation) -> None:
    lms.platform.faults.token_seconds = 1
    bearer = lms.bearer()
    assert lms.get("/courses/biology/memberships", words.ROSTER_TYPE, bearer).status_code == 200
    time.sleep(1.05)
    answer = lms.get("/courses/biology/memberships", words.ROSTER_TYPE, bearer)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_the_endpoint_can_be_down_or_answer_a_page(lms: Installation) -> None:
    lms.platform.faults.token_answer = "down"
    assert lms.ask_token().status_code == 503
    lms.platform.faults.token_answer = "html"
    page = lms.ask_token()
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert lms.platform.traffic["token"] == 2
