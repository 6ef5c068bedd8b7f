"""Frames without third-party cookies, and frames without any: both lead into the tool."""

from collections.abc import Callable

import pytest
from flask import Flask, Response, request
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.launch.model import VisitRow
from tests.browser.walk import create_space, go_to_tab, open_course, stands_at, tool
from tests.make.lms import Campus
from tests.make.serving import free_port, serving

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]
_KINDS = {"plain": False, "partitioned": True}


def _baker() -> Flask:
    """A site that sets a cookie of each kind, and says which of them came back."""
    app = Flask("baker")

    @app.get("/set")
    def bake() -> Response:
        response = Response("set", mimetype="text/html")
        for name, partitioned in _KINDS.items():
            response.set_cookie(name, "1", secure=True, samesite="None", partitioned=partitioned)
        return response

    @app.get("/show")
    def show() -> str:
        return " ".join(sorted(request.cookies)) or "none"

    return app


def _framer(inner: str) -> Flask:
    app = Flask("framer")

    @app.get("/<page>")
    def frame(page: str) -> str:
        return f'<iframe id="tool" src="{inner}/{page}"></iframe>'

    return app


def _cookies_that_come_back(browser: BrowserContext, outer: str) -> str:
    page = browser.new_page()
    page.goto(f"{outer}/set")
    expect(tool(page).get_by_text("set")).to_be_visible()
    page.goto(f"{outer}/show")
    return tool(page).locator("body").inner_text()


def test_the_browser_of_these_stories_keeps_third_party_cookies_only_where_they_are_partitioned(
    browsers: Browsers,
) -> None:
    port, outer_port = free_port(), free_port()
    inner, outer = f"http://localhost:{port}", f"http://127.0.0.1:{outer_port}"
    with serving(_baker(), port), serving(_framer(inner), outer_port):
        assert _cookies_that_come_back(browsers(), outer) == "partitioned"
        assert _cookies_that_come_back(browsers(keeps_nothing_of=(inner, outer)), outer) == "none"


def proofs() -> list[str]:
    """How the browsers of all visits so far have shown themselves."""
    db.session.rollback()
    return list(db.session.scalars(select(VisitRow.proof).order_by(VisitRow.created_at)))


def test_where_the_frame_keeps_no_cookie_one_click_goes_on_in_a_new_window(school: Campus, browsers: Browsers) -> None:
    browser = browsers(keeps_nothing_of=(school.url, school.lms.settings.url))
    course = open_course(browser, school, "biology", "helena")
    frame = tool(course)
    stands_at(frame, "This tool opens in a new window")

    with course.expect_popup() as opened:
        frame.get_by_role("button", name="Open in a new window").click()

    window = opened.value
    window.get_by_role("button", name="Create the Space").click()
    stands_at(window, "Overview")
    go_to_tab(window, "Members")
    window.reload()
    stands_at(window, "Members")
    expect(frame.get_by_text("It goes on in the new window or tab.")).to_be_visible()
    expect(frame.get_by_text("To open it again, reload the page of your course.")).to_be_visible()
    expect(frame.get_by_role("button")).to_have_count(0)  # some LMSs take what it would send only once
    assert proofs() == ["new_window"]
    window.close()
    course.reload()
    expect(frame.get_by_role("button", name="Open in a new window")).to_be_visible()


def test_without_scripts_too_the_new_window_is_reached_by_buttons(school: Campus, browsers: Browsers) -> None:
    browser = browsers(keeps_nothing_of=(school.url, school.lms.settings.url), java_script_enabled=False)
    course = open_course(browser, school, "biology", "helena")
    tool(course).get_by_role("button", name="Open the tool").click()

    with course.expect_popup() as opened:
        tool(course).get_by_role("button", name="Open in a new window").click()
    opened.value.get_by_role("button", name="Continue to the tool").click()

    stands_at(opened.value, "Create the Space of this course")


def test_reload_and_back_work_inside_the_frame(school: Campus, browsers: Browsers) -> None:
    course = open_course(browsers(), school, "biology", "helena")
    create_space(course)
    go_to_tab(tool(course), "Members")
    go_to_tab(tool(course), "Progress")

    _reload_frame(course)
    stands_at(tool(course), "Progress")
    course.evaluate("history.back()")
    stands_at(tool(course), "Members")
    course.evaluate("history.back()")
    stands_at(tool(course), "Overview")
    course.evaluate("history.forward()")
    stands_at(tool(course), "Members")
    course.reload()
    stands_at(tool(course), "Overview")


def _reload_frame(course: Page) -> None:
    heading = tool(course).get_by_role("heading", level=1)
    heading.evaluate("heading => { heading.dataset.old = 'yes' }")
    heading.evaluate("() => location.reload()")
    expect(heading).not_to_have_attribute("data-old", "yes")


def test_two_people_in_two_tabs_of_one_browser_never_mix(school: Campus, browsers: Browsers) -> None:
    browser = browsers()
    teacher = open_course(browser, school, "biology", "helena")
    create_space(teacher)
    learner = open_course(browser, school, "biology", "amelie")
    stands_at(tool(learner), "My progress")

    go_to_tab(tool(teacher), "Members")
    go_to_tab(tool(learner), "My badges")
    _reload_frame(teacher)
    _reload_frame(learner)

    stands_at(tool(teacher), "Members")
    stands_at(tool(learner), "My badges")
    expect(tool(learner).get_by_role("link", name="Members")).to_have_count(0)
    teacher.bring_to_front()
    go_to_tab(tool(teacher), "Leaderboard")
    tool(teacher).get_by_role("button", name="Turn the leaderboard on").click()
    expect(tool(teacher).get_by_role("status")).to_have_text("The leaderboard is on. Your choice is saved.")
