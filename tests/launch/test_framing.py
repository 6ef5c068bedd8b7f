"""Who may frame a visit, and what its pages may load and reach (item 9 of the door)."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
import requests

from lti_tool.launch.claims import read_launch
from lti_tool.launch.framing import frame_ancestors_of
from lti_tool.launch.messages import C
from lti_tool.launch.platforms import RegistrationFacts
from tests.make.launch import PICKING, launch_on_its_way
from tests.make.lms import Campus

RETURN = {C + "launch_presentation": {"return_url": "https://courses.example:8443/course/7?sesskey=secret"}}
PLATFORM = {C + "tool_platform": {"guid": "g", "url": "https://portal.example/start"}}
CANVAS = {
    C + "tool_platform": {"guid": "g", "product_family_code": "canvas"},
    C + "custom": {"canvas_host": "lms.university.example"},
}
WILDCARDS = {"https://*.instructure.com", "https://*.canvaslms.com"}


def rules(page: requests.Response) -> Mapping[str, set[str]]:
    said = page.headers["Content-Security-Policy"]
    return {name: set(rest.split()) for name, _, rest in (rule.strip().partition(" ") for rule in said.split(";"))}


def framers(school: Campus, **claims: Any) -> set[str]:
    return rules(launch_on_its_way(school, **claims).post())["frame-ancestors"]


@pytest.mark.parametrize(
    ("claims", "named"),
    [
        (RETURN, {"https://courses.example:8443"}),
        (PLATFORM, {"https://portal.example"}),
        ({**RETURN, **PLATFORM}, {"https://courses.example:8443", "https://portal.example"}),
        (PICKING, {"https://lms.example"}),
        (CANVAS, {"https://lms.university.example", *WILDCARDS}),
    ],
    ids=["where it goes back to", "the platform", "both", "where a choice goes to", "the host that a variable names"],
)
def test_a_visit_may_be_framed_by_every_origin_that_its_launch_names(
    school: Campus, claims: dict[str, Any], named: set[str]
) -> None:
    nothing_else: dict[str, Any] = {C + "launch_presentation": None, C + "tool_platform": None}

    assert framers(school, **{**nothing_else, **claims}) == {"'self'", school.lms.settings.url, *named}


@pytest.mark.parametrize(
    "host", ["lms.example; script-src *", "https://lms.example", "a@lms.example", "*", "lms example", "'self'", ""]
)
def test_what_is_no_host_names_nobody(school: Campus, host: str) -> None:
    claims = {**CANVAS, C + "custom": {"canvas_host": host}, C + "launch_presentation": None}

    assert framers(school, **claims) == {"'self'", school.lms.settings.url, *WILDCARDS}


def test_where_nobody_names_an_origin_any_secure_page_may_frame(school: Campus) -> None:
    unsaid: dict[str, Any] = {C + "launch_presentation": {}, C + "tool_platform": {}}
    said = {**school.lms.claims("biology", "helena"), "nonce": "n", **unsaid}
    nowhere = {**dict.fromkeys(one.name for one in fields(RegistrationFacts)), "issuer": "urn:a", "auth_url": "urn:b"}

    assert frame_ancestors_of(read_launch(said), RegistrationFacts(**nowhere)) == ["https:"]  # type: ignore[arg-type]


def test_a_page_runs_its_own_scripts_and_sends_its_forms_nowhere_else(school: Campus) -> None:
    page = launch_on_its_way(school).post()
    said = rules(page)

    [nonce] = said["script-src"]
    scripts = re.findall("<script[^>]*>([^<]*)</script>", page.text)
    assert re.fullmatch("'nonce-[A-Za-z0-9_-]{20,}'", nonce)
    assert (set(scripts), len(scripts)) == ({""}, page.text.count(f'nonce="{nonce[7:-1]}"'))
    assert (said["default-src"], said["base-uri"], said["form-action"]) == ({"'none'"}, {"'none'"}, {"'self'"})
    assert "style=" not in page.text
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "X-Frame-Options" not in page.headers, "it knows no list of origins"


def test_the_same_page_has_another_nonce_the_next_time(school: Campus) -> None:
    sent = launch_on_its_way(school)
    page = sent.post()

    assert rules(page)["script-src"] != rules(sent.browser.get(page.url))["script-src"]


def test_a_refusal_can_be_read_inside_any_lms_and_has_nothing_to_press(school: Campus) -> None:
    refused = launch_on_its_way(school).post_forged()

    assert rules(refused)["frame-ancestors"] == {"*"}
    assert "<form" not in refused.text
