"""Recorded configurations, openings and answers of dynamic registration, and a platform that was set up by hand."""

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.fetch.answer import Answer
from lti_tool.launch.platforms import PlatformWords, add_platform, settle_deployment
from lti_tool.launch.registration.answer import TOOL, read_answer
from lti_tool.launch.registration.configuration import PlatformConfiguration, host_of, read_configuration
from lti_tool.launch.registration.document import registration_document
from lti_tool.launch.registration.looking import check_reachable, read_opening
from lti_tool.launch.registration.showing import product_name
from lti_tool.launch.registration.site import check_one_site, other_hosts
from tests.corpus.recorded import recorded

CONFIGURATIONS, ANSWERS = recorded("openid-config"), recorded("registration-response")


def configuration(name: str, *, https: bool = False) -> PlatformConfiguration:
    """`https`: as it is sent in production; Canvas's manual prints plain http."""
    payload = CONFIGURATIONS[name]["payload"]
    body = json.dumps(payload["body"])
    body = body.replace("http://canvas", "https://canvas") if https else body
    return read_configuration(json.loads(body), payload["request"]["url"])


def asked(name: str) -> dict[str, Any]:
    return registration_document(configuration(name, https=True), "https://tool.example.org")


@pytest.mark.parametrize(
    ("name", "product"),
    [("canvas-openid-config-1", "Canvas"), ("moodle-openid-config-1", "Moodle"), ("sakai-openid-config-1", "Sakai")],
)
def test_a_recorded_configuration_is_of_one_site_and_reachable(app: Flask, name: str, product: str) -> None:
    said = configuration(name, https=True)

    for use, address in said.endpoints.items():
        check_reachable(address, use)
    check_one_site(said)
    assert (product_name(said), other_hosts(said)) == (product, {})


def test_canvas_with_plain_http_as_its_manual_prints_it_is_refused(app: Flask) -> None:
    with pytest.raises(Problem, match="register_address"):
        check_reachable(configuration("canvas-openid-config-1").issuer, "issuer")


def test_the_bare_host_that_canvas_names_is_no_audience() -> None:
    said = configuration("canvas-openid-config-1")

    assert (said.token_audience, said.account) == (None, "Test University")


def test_canvas_gets_the_placements_that_it_named() -> None:
    messages = {one["type"]: one["placements"] for one in asked("canvas-openid-config-1")[TOOL]["messages"]}

    assert messages == {
        "LtiResourceLinkRequest": ["course_navigation"],
        "LtiDeepLinkingRequest": ["assignment_selection", "link_selection", "editor_button", "module_menu_modal"],
    }


def test_moodles_bare_names_are_read_with_the_placement_beside_them() -> None:
    messages = asked("moodle-openid-config-1")[TOOL]["messages"]

    assert [one["type"] for one in messages] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert messages[1]["placements"] == ["AddContentMenu"]


def test_sakai_is_asked_for_all_scopes_though_it_names_none() -> None:
    assert len(asked("sakai-openid-config-1")["scope"].split()) == 6


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_we_ask_for_all_that_the_recorded_request_of_canvas_has(name: str) -> None:
    vendor = recorded("registration-request")["canvas-registration-request-1"]["payload"]
    ours = asked(name)

    assert set(vendor) <= set(ours)
    assert {"claims", "custom_parameters", "domain", "messages", "target_link_uri"} <= set(ours[TOOL])
    assert {"implicit", "client_credentials"} <= set(ours["grant_types"])
    assert all(isinstance(value, str) for value in ours[TOOL]["custom_parameters"].values())


def test_canvas_gets_its_own_keys_and_others_do_not() -> None:
    own = {key for key in asked("canvas-openid-config-1")[TOOL] if "canvas" in key}

    assert own == {"https://canvas.instructure.com/lti/privacy_level", "https://canvas.instructure.com/lti/tool_id"}
    assert "canvas" not in json.dumps(asked("moodle-openid-config-1")).lower()


@pytest.mark.parametrize(("name", "file"), recorded("registration-init").items(), ids=recorded("registration-init"))
def test_a_recorded_opening_is_read_whatever_its_token_looks_like(app: Flask, name: str, file: dict[str, Any]) -> None:
    params = file["payload"]["params"]

    opening = read_opening(MultiDict(params))

    assert opening.address == params["openid_configuration"]
    assert opening.headers == {"Authorization": f"Bearer {params['registration_token']}"}
    assert host_of(opening.address).endswith((".net", ".com"))


@pytest.mark.parametrize(
    ("name", "client", "deployment", "scopes"),
    [
        ("canvas-registration-response-1", "10000000000001", None, 2),
        ("moodle-registration-response-1", "MwX2PFUCgZCTjol", "2", 0),
        ("sakai-registration-response-1", "5ad3e4e5-71d4-4c7e-9e38-4e4bea19c154", "1", 1),
    ],
)
def test_a_recorded_answer_is_read(name: str, client: str, deployment: str | None, scopes: int) -> None:
    payload = ANSWERS[name]["payload"]

    granted = read_answer(Answer(payload["status"], {}, json.dumps(payload["body"]).encode(), "https://lms.example"))

    assert (granted.client_id, granted.deployment, len(granted.scopes or [])) == (client, deployment, scopes)


def test_every_recorded_file_of_registration_is_looked_at() -> None:
    assert set(ANSWERS) | set(CONFIGURATIONS) == {
        f"{lms}-{kind}-1" for lms in ("canvas", "moodle", "sakai")
        for kind in ("registration-response", "openid-config")
    }  # fmt: skip


def test_a_platform_set_up_by_hand_learns_its_deployment_at_the_first_launch(app: Flask) -> None:
    said = recorded("platform")["blackbaud-platform-1"]["payload"]
    with transaction():
        registration = add_platform(
            PlatformWords(
                said["issuer"], said["client_id"], said["authorization_endpoint"], said["token_endpoint"],
                said["jwks_uri"],
            )
        )  # fmt: skip

    with transaction():
        assert settle_deployment(registration.id, "from-the-launch").status == "active"
