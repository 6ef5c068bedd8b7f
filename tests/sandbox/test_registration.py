"""Tools that register themselves: what the platform demands, what it grants, and how it says no."""

from typing import Any

import pytest
import requests

from lti_tool.sandbox import registrations
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.tools import InstalledTool
from tests.sandbox.installation import Installation

T = words.TOOL_CONFIGURATION


def _document(lms: Installation, tool: dict[str, Any] | None = None, **over: Any) -> dict[str, Any]:
    """A right registration of the tool; `over` and `tool` replace members, `...` leaves one out."""
    url = lms.tool.url
    configuration: dict[str, Any] = {
        "domain": url.removeprefix("http://"), "target_link_uri": f"{url}/lti/launch", "claims": ["sub", "name"],
        "messages": [
            {"type": "LtiDeepLinkingRequest", "custom_parameters": {"from": "picker"}, "placements": ["ContentArea"]},
            {"type": "LtiStartProctoring"},
        ],
        "custom_parameters": {"course": "$Context.id", "x": "$Unknown"},
    }  # fmt: skip
    document = {
        "application_type": "web", "response_types": ["id_token"], "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": [f"{url}/lti/launch"], "initiate_login_uri": f"{url}/lti/login",
        "jwks_uri": f"{url}/lti/jwks.json", "client_name": "Another tool",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": f"{words.ROSTER_SCOPE} {words.SCORE_SCOPE} https://example.org/unheard-of",
        T: _without(configuration | (tool or {})),
    }  # fmt: skip
    return _without(document | over)


def _without(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ...}


def _register(lms: Installation, document: Any, token: str | None = None) -> requests.Response:
    headers = {"Authorization": f"Bearer {token or lms.platform.registrations.tokens.issue()}"}
    return requests.post(f"{lms.url}/registrations", json=document, headers=headers, timeout=10)


def _registered(lms: Installation, **over: Any) -> InstalledTool:
    answer = _register(lms, _document(lms, **over))
    assert answer.status_code == 201, answer.text
    tool = lms.platform.tools.find(answer.json()["client_id"])
    assert tool is not None
    return tool


def test_the_answer_is_the_registration_with_what_was_granted(lms: Installation) -> None:
    answer = _register(lms, _document(lms))
    said = answer.json()
    assert answer.status_code == 201
    assert said["client_name"] == "Another tool"
    assert set(said["scope"].split()) == {words.ROSTER_SCOPE, words.SCORE_SCOPE}
    assert said["client_id"] != lms.platform.settings.client_id
    assert said[T]["deployment_id"] != lms.platform.settings.deployment_id
    assert [message["type"] for message in said[T]["messages"]] == ["LtiDeepLinkingRequest"]


def test_a_registered_tool_is_launched_from_the_menu_beside_the_first(lms: Installation) -> None:
    tool = _registered(lms)
    page = requests.get(f"{lms.url}/courses/biology/as/helena/menu", timeout=10).text
    claims = lms.platform.claims("biology", "helena", link=tool.client_id)
    login = lms.platform.login_request("biology", "helena", tool.client_id)
    answer = requests.post(f"{lms.url}/auth", data=lms.tool.authentication(login), timeout=10)
    assert "Another tool" in page
    assert claims["aud"] == tool.client_id
    assert claims["name"] == "Helena Brandt"
    assert "email" not in claims
    assert "given_name" not in claims
    context = lms.platform.world.courses["biology"].context_id
    assert claims[f"{words.CLAIM}custom"] == {"course": context, "x": "$Unknown"}
    assert claims[words.GRADES_CLAIM]["scope"] == [words.SCORE_SCOPE]
    assert 'name="id_token"' in answer.text
    picker = lms.platform.claims("biology", "helena", message="LtiDeepLinkingRequest", tool=tool.client_id)
    assert picker[f"{words.CLAIM}custom"]["from"] == "picker"


def test_a_registered_tool_gets_no_more_scopes_and_no_more_names_than_it_asked_for(lms: Installation) -> None:
    tool = _registered(lms)
    assertion = lms.assertion(iss=tool.client_id, sub=tool.client_id)
    granted = lms.ask_token(assertion=assertion).json()
    bearer = {"Authorization": f"Bearer {granted['access_token']}"}
    members = lms.get("/courses/biology/memberships", words.ROSTER_TYPE, bearer).json()["members"]
    assert set(granted["scope"].split()) == {words.ROSTER_SCOPE, words.SCORE_SCOPE}
    assert members[0]["name"] == "Helena Brandt"
    assert not any("email" in member for member in members)


def test_a_hint_of_one_tool_is_worth_nothing_to_another(lms: Installation) -> None:
    tool = _registered(lms)
    login = lms.platform.login_request("biology", "helena") | {"client_id": tool.client_id}
    answer = requests.post(f"{lms.url}/auth", data=lms.tool.authentication(login), timeout=10)
    assert 'name="id_token"' not in answer.text


@pytest.mark.parametrize(
    ("over", "word"),
    [
        ({"application_type": "native"}, "application_type"),
        ({"response_types": ["id_token", "code"]}, "response_types"),
        ({"grant_types": ["implict", "client_credentials"]}, "grant_types"),
        ({"grant_types": ...}, "missing required attribute grant_types"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": "http://localhost/"}, "redirect_uris"),
        ({"redirect_uris": ["https://elsewhere.example/launch"]}, "redirect_uris"),
        ({"initiate_login_uri": ...}, "missing required attribute initiate_login_uri"),
        ({"jwks_uri": ...}, "missing required attribute jwks_uri"),
        ({"jwks_uri": "/lti/jwks.json"}, "jwks_uri"),
        ({"logo_uri": "logo.png"}, "logo_uri"),
        ({"client_name": " "}, "client_name"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "token_endpoint_auth_method"),
        ({"scope": ["a", "b"]}, "scope"),
        ({"scope": ...}, "scope"),
        ({"logo_uri": None}, "logo_uri"),
        ({T: ...}, T),
        ({"tool": {"domain": ...}}, "missing_domain"),
        ({"tool": {"domain": "localhost"}}, "domain_targetlinkuri_mismatch"),
        ({"tool": {"target_link_uri": "https://elsewhere.example/"}}, "domain_targetlinkuri_mismatch"),
        ({"tool": {"claims": "name email"}}, "claims"),
        ({"tool": {"messages": ["LtiDeepLinkingRequest"]}}, "messages"),
        ({"tool": {"messages": ...}}, "messages"),
        ({"tool": {"messages": [{"type": "LtiDeepLinkingRequest", "placements": ["moon"]}]}}, "placements"),
        ({"tool": {"custom_parameters": {"number": 5}}}, "custom_parameters"),
        ({"tool": {"scope": ""}}, "scope"),
    ],
)
def test_a_registration_that_breaks_a_rule_is_refused_in_every_dialect(
    lms: Installation, over: dict[str, Any], word: str
) -> None:
    document = _document(lms, **over)
    token = lms.platform.registrations.tokens.issue()
    plain = _register(lms, document, token)
    lms.platform.faults.registration.style = "moodle"
    moodle = _register(lms, document, token)
    lms.platform.faults.registration.style = "canvas"
    canvas = _register(lms, document, token)
    assert plain.status_code == 400
    assert plain.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")
    assert plain.json()["error_description"]
    assert (moodle.status_code, moodle.headers["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert word in moodle.text
    assert canvas.status_code == 422
    assert canvas.json()["errors"]
    assert len(lms.platform.tools.listed()) == 1


@pytest.mark.parametrize("body", [[], "text", None, 5])
def test_what_is_no_object_is_no_registration(lms: Installation, body: object) -> None:
    assert _register(lms, body).status_code == 400


def test_a_token_registers_one_tool_within_the_hour(lms: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    token = lms.platform.registrations.tokens.issue()
    first, again = _register(lms, _document(lms), token), _register(lms, _document(lms), token)
    none = requests.post(f"{lms.url}/registrations", json=_document(lms), timeout=10)
    made_up = _register(lms, _document(lms), "made-up")
    monkeypatch.setattr(registrations, "TOKEN_SECONDS", -1.0)
    late = _register(lms, _document(lms))
    assert [one.status_code for one in (first, again, none, made_up, late)] == [201, 401, 401, 401, 401]
    assert again.json()["error"] == "invalid_token"
    assert len(lms.platform.tools.listed()) == 2


def test_a_tool_that_waits_for_the_administrator_is_offered_and_believed_only_after(lms: Installation) -> None:
    lms.platform.faults.registration.is_pending = True
    tool = _registered(lms)
    assertion = lms.assertion(iss=tool.client_id, sub=tool.client_id)
    course = f"{lms.url}/courses/biology/as/helena/menu"
    before = (requests.get(course, timeout=10).text, lms.ask_token(assertion=assertion).status_code)
    page = requests.get(f"{lms.url}/administration", timeout=10).text
    requests.post(f"{lms.url}/administration/tools/{tool.client_id}/activation", timeout=10)
    after = (requests.get(course, timeout=10).text, lms.ask_token(assertion=assertion).status_code)
    assert "Waits until you activate it" in page
    assert ("Another tool" in before[0], before[1]) == (False, 401)
    assert ("Another tool" in after[0], after[1]) == (True, 200)


def test_a_tool_can_be_removed_again_but_not_the_first(lms: Installation) -> None:
    tool = _registered(lms)
    first = lms.platform.tools.first
    gone = requests.post(f"{lms.url}/administration/tools/{tool.client_id}/removal", timeout=10)
    kept = requests.post(f"{lms.url}/administration/tools/{first.client_id}/removal", timeout=10)
    assert "Another tool" not in gone.text
    assert kept.status_code == 400
    assert lms.platform.tools.listed() == [first]
    assert "Another tool" not in requests.get(f"{lms.url}/courses/biology/as/helena/menu", timeout=10).text


def test_the_platform_registers_as_others_do_when_it_is_told_to(lms: Installation) -> None:
    faults = lms.platform.faults.registration
    faults.status, faults.without_deployment, faults.answer = 200, True, {"client_id": 5}
    odd = _register(lms, _document(lms))
    faults.refuses = "domain is taken"
    refused = _register(lms, _document(lms))
    faults.raw_answer = "<h1>Sign in</h1>"
    page = _register(lms, _document(lms))
    lms.platform.faults.reset()
    assert (odd.status_code, odd.json()["client_id"], "deployment_id" in odd.json()[T]) == (200, 5, False)
    assert (refused.status_code, refused.json()["error_description"]) == (400, "domain is taken")
    assert page.headers["Content-Type"].startswith("text/html")
    assert _register(lms, _document(lms)).status_code == 201


def test_the_configuration_says_how_to_register_and_can_ask_for_the_token(lms: Installation) -> None:
    address = lms.platform.settings.configuration_url
    document = requests.get(address, timeout=10).json()
    supported = document[words.PLATFORM_CONFIGURATION]["messages_supported"]
    assert document["registration_endpoint"] == f"{lms.url}/registrations"
    assert {one["type"]: one.get("placements") for one in supported}["LtiDeepLinkingRequest"] == ["ContentArea"]
    assert "LtiDataPrivacyLaunchRequest" in {one["type"] for one in supported}
    lms.platform.faults.registration.configuration_needs_token = True
    token = {"Authorization": f"Bearer {lms.platform.registrations.tokens.issue()}"}
    assert requests.get(address, timeout=10).status_code == 401
    assert requests.get(address, headers=token, timeout=10).status_code == 200
    lms.platform.faults.registration.configuration = {"issuer": "https://other.example", "jwks_uri": None}
    changed = requests.get(address, headers=token, timeout=10).json()
    assert changed["issuer"] == "https://other.example"
    assert "jwks_uri" not in changed


def test_a_platform_without_tokens_takes_every_registration(lms: Installation) -> None:
    lms.platform.faults.registration.without_token = True
    assert "registration_token" not in lms.platform.registration_start("https://tool.example/r?x=1")
    answer = requests.post(f"{lms.url}/registrations", json=_document(lms), timeout=10)
    assert answer.status_code == 201


def test_the_administrators_page_opens_the_registration_in_a_frame(lms: Installation) -> None:
    address = "https://tool.example/lti/register/abc"
    page = requests.post(f"{lms.url}/administration/tools", data={"url": address}, timeout=10)
    wrong = requests.post(f"{lms.url}/administration/tools", data={"url": "javascript:alert(1)"}, timeout=10)
    assert f'src="{address}?openid_configuration=' in page.text
    assert "registration_token=" in page.text
    assert "frame-src 'self' http://localhost" in page.headers["Content-Security-Policy"]
    assert "https://tool.example" in page.headers["Content-Security-Policy"]
    assert wrong.status_code == 400
