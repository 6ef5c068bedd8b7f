"""A launch from the login request to the posted id_token, and what the platform refuses on the way."""

import html
import re
import time
from typing import Any

import jwt
import pytest
import requests

from lti_tool.sandbox import hints
from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def _fields(page: requests.Response) -> dict[str, str]:
    assert page.status_code == 200, page.text
    return {html.unescape(name): html.unescape(value) for name, value in _HIDDEN.findall(page.text)}


def _request(lms: Installation, **over: str | None) -> dict[str, str]:
    parameters = lms.tool.authentication(lms.platform.login_request("biology", "helena"))
    return {name: value for name, value in (parameters | over).items() if value is not None}


def _auth(lms: Installation, parameters: dict[str, str]) -> requests.Response:
    return requests.get(f"{lms.url}/auth", params=parameters, timeout=10)


def _claims(lms: Installation, fields: dict[str, str]) -> dict[str, Any]:
    keys = requests.get(f"{lms.url}/jwks.json", timeout=10).json()
    kid = jwt.get_unverified_header(fields["id_token"])["kid"]
    key = next(jwt.PyJWK(key) for key in keys["keys"] if key["kid"] == kid)
    return jwt.decode(fields["id_token"], key, algorithms=["RS256"], audience="spaces-sandbox", issuer=lms.url)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_teacher_gets_an_id_token_that_verifies_with_the_published_key(lms: Installation, method: str) -> None:
    parameters = _request(lms)
    where = {"params": parameters} if method == "GET" else {"data": parameters}
    fields = _fields(requests.request(method, f"{lms.url}/auth", timeout=10, **where))  # type: ignore[arg-type]
    claims = _claims(lms, fields)
    assert fields["state"] == parameters["state"]
    assert claims["nonce"] == parameters["nonce"]
    assert claims["name"] == "Helena Brandt"
    assert claims["exp"] - claims["iat"] == 300
    assert words.INSTRUCTOR in claims[f"{words.CLAIM}roles"]
    assert claims[f"{words.CLAIM}target_link_uri"] == f"{lms.tool.url}/lti/launch"
    assert claims[words.ROSTER_CLAIM]["context_memberships_url"] == f"{lms.url}/courses/biology/memberships"


def test_the_whole_way_through_the_forms_reaches_the_tool(lms: Installation) -> None:
    login = _fields(requests.get(f"{lms.url}/launch/biology/as/helena/activity?target=window", timeout=10))
    answer = _fields(requests.post(f"{lms.tool.url}/lti/login", data=login, timeout=10))
    requests.post(f"{lms.tool.url}/lti/launch", data=answer, timeout=10)
    claims = _claims(lms, lms.tool.launches[0])
    assert claims[f"{words.CLAIM}resource_link"]["title"] == "Cells & membranes"
    assert claims[f"{words.CLAIM}launch_presentation"]["document_target"] == "window"


def test_a_login_may_also_begin_by_get(lms: Installation) -> None:
    lms.platform.faults.login_method = "get"
    page = requests.get(f"{lms.url}/launch/biology/as/helena/menu", timeout=10)
    assert "id_token" in _fields(page)
    assert lms.tool.logins[0]["iss"] == lms.url


@pytest.mark.parametrize(
    ("over", "error"),
    [
        ({"scope": "openid profile"}, "invalid_scope"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": "short"}, "invalid_request"),
        ({"state": "1"}, "invalid_request"),
        ({"login_hint": "someone-else"}, "login_required"),
        ({"lti_message_hint": "made-up"}, "launch_no_longer_valid"),
    ],
)
def test_a_wrong_authentication_request_is_told_to_the_tool(
    lms: Installation, over: dict[str, str | None], error: str
) -> None:
    fields = _fields(_auth(lms, _request(lms, **over)))
    assert fields["error"] == error
    assert fields["error_description"]
    assert "id_token" not in fields


@pytest.mark.parametrize(
    "over",
    [{"redirect_uri": "http://localhost/elsewhere"}, {"client_id": "stranger"}, {"redirect_uri": None}],
)
def test_nothing_is_sent_to_an_address_that_is_not_registered(lms: Installation, over: dict[str, str | None]) -> None:
    page = _auth(lms, _request(lms, **over))
    assert page.status_code == 400
    assert "<form" not in page.text


def test_a_redirect_uri_with_a_query_added_is_not_the_registered_one(lms: Installation) -> None:
    page = _auth(lms, _request(lms, redirect_uri=f"{lms.tool.url}/lti/launch?x=1"))
    assert page.status_code == 400


def test_a_parameter_sent_twice_is_refused(lms: Installation) -> None:
    pairs = [*_request(lms).items(), ("nonce", "another-nonce-of-length")]
    page = requests.get(f"{lms.url}/auth", params=pairs, timeout=10)
    assert _fields(page)["error"] == "invalid_request"


def test_a_hint_works_once(lms: Installation) -> None:
    parameters = _request(lms)
    _auth(lms, parameters)
    again = _auth(lms, parameters | {"nonce": "another-nonce-of-length"})
    assert _fields(again)["error"] == "launch_no_longer_valid"


def test_a_hint_expires(lms: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "HINT_SECONDS", 0.01)
    parameters = _request(lms)
    time.sleep(0.02)
    assert _fields(_auth(lms, parameters))["error"] == "launch_no_longer_valid"


def test_a_nonce_works_once(lms: Installation) -> None:
    first = _request(lms)
    _auth(lms, first)
    assert _fields(_auth(lms, _request(lms, nonce=first["nonce"])))["error"] == "invalid_request"


def test_somebody_suspended_after_the_login_began_gets_no_token(lms: Installation) -> None:
    parameters = lms.tool.authentication(lms.platform.login_request("biology", "ngozi"))
    lms.platform.world.suspend("biology", "ngozi")
    assert _fields(_auth(lms, parameters))["error"] == "access_denied"


def test_somebody_taken_off_the_site_after_the_login_began_gets_no_token(lms: Installation) -> None:
    parameters = lms.tool.authentication(lms.platform.login_request("biology", "ngozi"))
    del lms.platform.world.people["ngozi"]
    assert _fields(_auth(lms, parameters))["error"] == "login_required"


def test_the_key_changes_and_tokens_of_both_keys_still_verify(lms: Installation) -> None:
    before = _fields(_auth(lms, _request(lms)))
    new_kid = lms.platform.keys.rotate()
    after = _fields(_auth(lms, _request(lms)))
    assert jwt.get_unverified_header(after["id_token"])["kid"] == new_kid
    assert _claims(lms, before)["sub"] == _claims(lms, after)["sub"]


def test_an_announced_key_is_published_before_it_signs_and_a_retired_one_is_gone(lms: Installation) -> None:
    old = lms.platform.keys.current.kid
    announced = lms.platform.keys.announce()
    published = requests.get(f"{lms.url}/jwks.json", timeout=10)
    assert [key["kid"] for key in published.json()["keys"]] == [old, announced]
    assert lms.platform.keys.rotate() == announced
    lms.platform.keys.retire()
    assert [key["kid"] for key in lms.platform.keys.jwks()["keys"]] == [announced]


def test_the_key_set_holds_no_private_member_and_says_how_long_to_keep_it(lms: Installation) -> None:
    answer = requests.get(f"{lms.url}/jwks.json", timeout=10)
    assert set(answer.json()["keys"][0]) == {"kty", "n", "e", "use", "alg", "kid"}
    assert answer.headers["Cache-Control"] == "public, max-age=600"


def test_the_key_set_can_be_down(lms: Installation) -> None:
    lms.platform.faults.jwks_down = True
    assert requests.get(f"{lms.url}/jwks.json", timeout=10).status_code == 502
    assert lms.platform.traffic["jwks"] == 1


def test_a_slow_endpoint_answers_late(lms: Installation) -> None:
    lms.platform.faults.delays = {"jwks": 0.2}
    began = time.monotonic()
    requests.get(f"{lms.url}/jwks.json", timeout=10)
    assert time.monotonic() - began >= 0.2


def test_the_openid_configuration_names_the_real_addresses(lms: Installation) -> None:
    document = requests.get(f"{lms.url}/.well-known/openid-configuration", timeout=10).json()
    assert document["issuer"] == lms.url
    assert requests.get(document["jwks_uri"], timeout=10).status_code == 200
    assert document[words.PLATFORM_CONFIGURATION]["product_family_code"] == "sandbox-lms"
