"""An administrator connects an LMS inside the LMS's own page, in a browser whose frames keep no cookie at all."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect

from lti_tool.db import transaction
from lti_tool.launch.registration.invites import make_invite
from tests.browser.walk import stands_at
from tests.make.lms import Campus
from tests.make.serving import free_port, serving

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]


def invitation() -> str:
    with transaction():
        return make_invite(name="Hill College", organization=None, hours=1).url


def test_two_buttons_in_the_frame_connect_the_lms_which_closes_it_then(school: Campus, browsers: Browsers) -> None:
    lms = school.lms.settings.url
    page = browsers(keeps_nothing_of=(school.url, lms)).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{lms}/administration")
    page.get_by_label("registration address").fill(invitation())
    page.get_by_role("button", name="Add", exact=True).click()
    frame = page.frame_locator("#registering")
    frame.get_by_role("button", name="Look at the LMS").click()
    stands_at(frame, "Connect Hill College")
    frame.get_by_role("button", name="Connect this LMS").click()

    page.wait_for_url(f"{lms}/administration")
    expect(page.get_by_role("heading", name="Spaces for the LMS")).to_be_visible()
    assert said == [], "no rule of a content security policy was broken"


def test_a_stranger_cannot_show_the_page_in_a_frame(school: Campus, browsers: Browsers) -> None:
    port = free_port()
    address = f"{invitation()}?openid_configuration={school.lms.settings.configuration_url}"
    stranger = Flask("stranger")
    stranger.add_url_rule("/", view_func=lambda: f'<iframe id="registering" src="{address}"></iframe>')
    page = browsers(forgiving=True).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    with serving(stranger, port):
        page.goto(f"http://localhost:{port}/")
        page.wait_for_load_state("networkidle")

        expect(page.frame_locator("#registering").get_by_role("button", name="Look at the LMS")).to_have_count(0)
    assert any("frame-ancestors" in one for one in said)
