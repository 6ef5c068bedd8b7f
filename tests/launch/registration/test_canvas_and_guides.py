"""Canvas's configuration by URL, and the guides that carry this installation's addresses."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from lti_tool.launch.claims import read_launch
from lti_tool.launch.profiles import profiles
from lti_tool.launch.registration.guides import GUIDES
from tests.make.admin import make_admin
from tests.make.lms import words

TOOL = "http://localhost:8000"


def test_canvas_finds_everything_at_one_url(app: Flask, client: FlaskClient) -> None:
    answer = client.get("/lti/canvas.json")
    said = answer.get_json()
    [extension] = said["extensions"]

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert said["target_link_uri"] == f"{TOOL}/lti/launch"
    assert said["oidc_initiation_url"] == f"{TOOL}/lti/login"
    assert said["public_jwk_url"] == f"{TOOL}/lti/jwks.json"
    assert len(said["scopes"]) == 7
    assert (extension["platform"], extension["privacy_level"]) == ("canvas.instructure.com", "public")
    assert extension["domain"] == "localhost:8000"


def test_the_course_menu_shows_the_tool_unless_somebody_hides_it(app: Flask, client: FlaskClient) -> None:
    [menu] = [one for one in placements(client) if one["placement"] == "course_navigation"]

    assert (menu["message_type"], menu["default"], menu["enabled"]) == ("LtiResourceLinkRequest", "enabled", True)


def test_teachers_can_pick_wherever_canvas_lets_them(app: Flask, client: FlaskClient) -> None:
    picking = {one["placement"] for one in placements(client) if one["message_type"] == "LtiDeepLinkingRequest"}

    assert picking == {
        "assignment_selection", "link_selection", "editor_button", "module_menu_modal", "module_index_menu_modal"
    }  # fmt: skip


def test_the_variables_of_canvas_are_those_that_the_claims_read(app: Flask, client: FlaskClient) -> None:
    custom = client.get("/lti/canvas.json").get_json()["custom_fields"]
    claim = "https://purl.imsglobal.org/spec/lti/claim/"
    resolved = {
        claim + "message_type": "LtiResourceLinkRequest",
        claim + "version": "1.3.0", claim + "deployment_id": "1", claim + "target_link_uri": TOOL, "sub": "1",
        "nonce": "n", claim + "roles": [], claim + "resource_link": {"id": "1"}, claim + "context": {"id": "c"},
        claim + "custom": {**custom, "course_end": "2027-01-31 23:59:59", "masquerading_user": "7"},
    }  # fmt: skip

    launch = read_launch(resolved)

    assert launch.masked
    assert launch.context is not None
    assert str(launch.context.ends_on) == "2027-01-31"
    assert set(launch.custom) == {"course_end", "masquerading_user"}, "what was not resolved says nothing"


@pytest.mark.parametrize("name", GUIDES)
def test_every_guide_carries_the_addresses_of_this_installation(app: Flask, client: FlaskClient, name: str) -> None:
    page = client.get(f"/lti/guides/{name}")
    said = words(page)  # type: ignore[arg-type]

    assert page.status_code == 200
    for address in (f"{TOOL}/lti/register/", f"{TOOL}/lti/launch", f"{TOOL}/lti/login", f"{TOOL}/lti/jwks.json"):
        assert address in said
    assert "lti-tool platform add" in said
    assert 'href="/admin"' in page.text
    assert all(label in said for label in profiles()[name].labels.values())


def test_the_list_leads_to_every_guide(app: Flask, client: FlaskClient) -> None:
    page = client.get("/lti/guides/").text

    assert [f'href="/lti/guides/{name}"' in page for name in GUIDES] == [True] * len(GUIDES)
    assert 'href="/admin"' in page, "the console leads here, and here leads back"


@pytest.mark.parametrize("name", ["sandbox", "nobody", "_guide", "index", "..%2f..%2fbase"])
def test_there_is_no_guide_for_what_is_no_lms(app: Flask, client: FlaskClient, name: str) -> None:
    assert client.get(f"/lti/guides/{name}").status_code == 404


def test_the_guide_for_brightspace_names_the_audience_of_its_tokens(app: Flask, client: FlaskClient) -> None:
    assert "--token-audience https://api.brightspace.com/auth/token" in client.get("/lti/guides/brightspace").text


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_asks_for_each_value_by_its_name_in_the_console(app: Flask, client: FlaskClient, name: str) -> None:
    """Who connects the LMS by hand fills in the form of the console with what the guide told them to send."""
    form = html.fromstring(make_admin(app).get("/platforms/new").get_data())
    labels = {label.text_content().strip() for label in form.findall(".//label")}
    guide = html.fromstring(client.get(f"/lti/guides/{name}").get_data())
    sent = [row.text_content().strip() for row in guide.findall(".//dl")[1].iter("dt")]

    asked = ["Issuer", "Client id", "Login address", "Token address", "Key set address"]
    assert sent == [*asked, "Audience of token requests"] if profiles()[name].token_audience else sent == asked
    assert set(sent) <= labels


def placements(client: FlaskClient) -> list[dict[str, object]]:
    [extension] = client.get("/lti/canvas.json").get_json()["extensions"]
    found: list[dict[str, object]] = extension["settings"]["placements"]
    return found
