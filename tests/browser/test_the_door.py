"""The door in a real browser: in a window, in a frame, twice at once, one person after another."""

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from flask import Flask, Response, request
from playwright.sync_api import BrowserContext, Page, Request, expect
from sqlalchemy import func, select

from lti_tool.db import db
from lti_tool.launch.model import VisitRow
from tests.browser.chromium import note_faults
from tests.browser.stage import course_page, own_window
from tests.browser.walk import create_space, go_to_tab, open_course, stands_at, tool
from tests.make.lms import Campus
from tests.make.serving import free_port, serving

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]
_LISTEN = "window.heard = []; window.addEventListener('message', (event) => window.heard.push(event.data));"


def visits() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(VisitRow)) or 0


def test_what_breaks_a_policy_or_a_script_would_be_noticed(browsers: Browsers) -> None:
    port, faults, bad = free_port(), list[str](), Flask("bad")
    policy = {"Content-Security-Policy": "script-src 'nonce-right'"}
    bad.add_url_rule("/", view_func=lambda: Response(
        "<script>document.title = 'ran'</script><script nonce='right'>nothing.at_all()</script>", headers=policy,
        mimetype="text/html"))  # fmt: skip
    browser = browsers(forgiving=True)
    note_faults(browser, faults)

    with serving(bad, port):
        browser.new_page().goto(f"http://localhost:{port}/")

    assert "Content Security Policy" in "".join(faults)
    assert "nothing is not defined" in "".join(faults)


def test_in_a_window_of_its_own_the_tool_stays_through_reload_and_back(school: Campus, browsers: Browsers) -> None:
    page = browsers().new_page()
    page.goto(own_window(school.lms, "biology", "helena"))
    page.get_by_role("button", name="Create the Space").click()
    stands_at(page, "Overview")
    go_to_tab(page, "Members")

    page.reload()
    stands_at(page, "Members")
    page.go_back()
    stands_at(page, "Overview")
    page.go_forward()
    stands_at(page, "Members")
    page.get_by_role("link", name="Back to the course").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(school.lms.settings.url)}/"))


def test_a_launch_that_is_sent_twice_lands_once(school: Campus, browsers: Browsers) -> None:
    browser, sent = browsers(java_script_enabled=False), list[str]()
    course = open_course(browser, school, "biology", "helena")
    browser.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    tool(course).get_by_role("button", name="Open the tool").click()
    button = tool(course).get_by_role("button", name="Continue to the tool")
    expect(button).to_be_visible()
    answer_slowly(school, "/lti/launch")

    button.click(no_wait_after=True)
    course.wait_for_timeout(200)
    button.click(no_wait_after=True)

    stands_at(tool(course), "Create the Space of this course")
    assert sent.count(f"{school.url}/lti/launch") == 2
    assert visits() == 1


def answer_slowly(school: Campus, path: str) -> None:
    """So slowly that somebody presses again."""

    def wait() -> None:
        if request.path == path:
            time.sleep(1)

    school.app.before_request_funcs.setdefault(None, []).append(wait)


def test_after_one_person_another_one_sits_down_at_the_same_browser(school: Campus, browsers: Browsers) -> None:
    page = open_course(browsers(), school, "biology", "helena")
    create_space(page)
    go_to_tab(tool(page), "Members")

    page.goto(course_page(school.lms, "biology", "amelie"))
    stands_at(tool(page), "My progress")
    expect(tool(page).get_by_role("link", name="Members")).to_have_count(0)
    go_to_tab(tool(page), "My badges")
    page.reload()
    stands_at(tool(page), "My progress")
    page.goto(course_page(school.lms, "biology", "helena"))

    stands_at(tool(page), "Overview")
    go_to_tab(tool(page), "Members")


def test_going_back_to_the_page_of_the_course_opens_the_tool_anew(school: Campus, browsers: Browsers) -> None:
    page = open_course(browsers(), school, "biology", "helena")
    create_space(page)
    page.goto(f"{school.lms.settings.url}/")

    page.go_back()

    stands_at(tool(page), "Overview")


def test_no_address_of_the_way_in_is_told_to_another_site_and_none_of_ours_holds_a_secret(
    school: Campus, browsers: Browsers
) -> None:
    browser, asked, posted = browsers(), list[tuple[str, str]](), list[str]()

    def note(request: Request) -> None:
        asked.append((request.url, request.headers.get("referer", "")))
        if request.url.endswith("/lti/launch"):
            posted.append(request.post_data or "")

    browser.on("request", note)
    page = open_course(browser, school, "biology", "helena")
    create_space(page)
    tool(page).get_by_role("link", name="Back to the course").click()
    expect(page).to_have_url(re.compile(f"^{re.escape(school.lms.settings.url)}/"))

    [fields] = [parse_qs(one) for one in posted]
    secrets = [*fields["state"], *fields["id_token"], "helena", "sandbox.example.edu"]
    ours = [url for url, _ in asked if url.startswith(school.url) and "/lti/login" not in url]
    assert len(ours) > 5
    assert not [secret for secret in secrets for url in ours if secret in url]
    told = [referer for url, referer in asked if not url.startswith(school.url)]
    assert not [referer for referer in told if referer.startswith(school.url)]


def heard(page: Page, subject: str) -> list[tuple[str, Any]]:
    """What the LMS's page was told under a subject: its form, and what it says."""
    page.wait_for_function(
        "subject => window.heard.some((said) => JSON.stringify(said).includes(subject))", arg=subject
    )
    said = [("text", json.loads(one)) if isinstance(one, str) else ("object", one)
            for one in page.evaluate("window.heard")]  # fmt: skip
    return [(form, one) for form, one in said if one["subject"] == subject]


def listening_page(browser: BrowserContext, school: Campus) -> Page:
    page = browser.new_page()
    page.add_init_script(_LISTEN)
    page.goto(course_page(school.lms, "biology", "helena"))
    stands_at(tool(page), "Create the Space of this course")
    return page


@pytest.mark.parametrize("prefix", ["lti.", "org.imsglobal.lti."])
def test_the_frame_says_how_tall_it_is_in_every_spelling(school: Campus, browsers: Browsers, prefix: str) -> None:
    page = listening_page(browsers(), school)

    said = heard(page, f"{prefix}frameResize")

    height = tool(page).locator("html").evaluate("html => Math.ceil(html.getBoundingClientRect().height)")
    for form in ("object", "text"):
        assert (form, {"subject": f"{prefix}frameResize", "height": height}) in said


def test_a_page_that_grows_says_so(school: Campus, browsers: Browsers) -> None:
    page = listening_page(browsers(), school)
    heard(page, "lti.frameResize")
    page.evaluate("window.heard.length = 0")

    tool(page).locator("main").evaluate("main => { main.style.minHeight = '4000px' }")

    assert max(one["height"] for _, one in heard(page, "lti.frameResize")) >= 4000


def test_the_page_after_the_first_one_is_read_from_its_top(school: Campus, browsers: Browsers) -> None:
    page = listening_page(browsers(), school)
    heard(page, "lti.frameResize")
    assert "scrollToTop" not in str(page.evaluate("window.heard"))

    create_space(page)

    assert {form for form, _ in heard(page, "org.imsglobal.lti.scrollToTop")} == {"object", "text"}
    assert {form for form, _ in heard(page, "lti.scrollToTop")} == {"object", "text"}


def test_a_window_of_its_own_says_nothing_to_anybody(school: Campus, browsers: Browsers) -> None:
    page = browsers().new_page()
    page.add_init_script(_LISTEN)
    page.goto(own_window(school.lms, "biology", "helena"))
    stands_at(page, "Create the Space of this course")

    assert page.evaluate("window.heard") == []
