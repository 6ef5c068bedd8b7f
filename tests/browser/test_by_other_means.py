"""The tool without scripts, and the tool without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select

from lti_tool.db import db
from lti_tool.spaces.model import Space
from tests.browser.stage import own_window
from tests.browser.walk import add_objective, go_to_tab, open_course, stands_at, tool
from tests.flows.steps import create_space_with_roster
from tests.make.evidence import make_evidence_objective
from tests.make.lms import Campus

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]
_MOST_STEPS = 60


def _open_without_scripts(browser: BrowserContext, school: Campus, person: str) -> Page:
    page = open_course(browser, school, "biology", person)
    tool(page).get_by_role("button", name="Open the tool").click()
    tool(page).get_by_role("button", name="Continue to the tool").click()
    return page


def test_everything_works_without_scripts(school: Campus, browsers: Browsers) -> None:
    browser = browsers(java_script_enabled=False)
    teacher = _open_without_scripts(browser, school, "helena")
    frame = tool(teacher)
    frame.get_by_role("button", name="Create the Space").click()
    _read_the_roster_without_scripts(school, teacher)
    add_objective(teacher, "Draw a cell", {"Points": "5"})
    _mark_and_undo_without_scripts(teacher)
    go_to_tab(frame, "Leaderboard")
    frame.get_by_role("button", name="Turn the leaderboard on").click()
    expect(frame.get_by_role("status")).to_have_text("The leaderboard is on. Your choice is saved.")

    learner = _open_without_scripts(browser, school, "amelie")

    expect(tool(learner).get_by_text("1 of 1 objective complete")).to_be_visible()
    go_to_tab(tool(learner), "Leaderboard")
    tool(learner).get_by_role("button", name="Hide me").click()
    expect(tool(learner).get_by_text("You are not on the board.")).to_be_visible()


def _read_the_roster_without_scripts(school: Campus, teacher: Page) -> None:
    frame = tool(teacher)
    go_to_tab(frame, "Members")
    frame.get_by_role("link", name="Look again").click()
    stands_at(frame, "Roster of this course")
    school.do_jobs()
    frame.get_by_role("link", name="Back to the members").click()
    expect(frame.get_by_role("heading", name="10 learners")).to_be_visible()


def _mark_and_undo_without_scripts(teacher: Page) -> None:
    frame = tool(teacher)
    go_to_tab(frame, "Progress")
    frame.get_by_role("link", name="Have not started").click()
    frame.get_by_role("searchbox").fill("amelie.dubois")
    frame.get_by_role("button", name="Search").click()
    frame.get_by_role("button", name="Mark complete", exact=True).click()
    expect(frame.get_by_role("status")).to_contain_text("Marked complete: Draw a cell")
    frame.get_by_role("button", name="Undo").click()
    expect(frame.get_by_role("status")).to_contain_text("Taken back: Draw a cell")
    frame.get_by_role("button", name="Undo").click()
    expect(frame.get_by_role("status")).to_contain_text("Marked complete: Draw a cell")


def test_a_double_click_sends_a_form_once(school: Campus, browsers: Browsers) -> None:
    teacher = open_course(browsers(), school, "biology", "helena")
    frame, sent = tool(teacher), []
    teacher.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    frame.get_by_role("button", name="Create the Space").evaluate(
        """async button => {
            if (document.readyState !== 'complete') { await new Promise(done => addEventListener('load', done)); }
            button.click();
            setTimeout(() => button.click(), 30);
        }"""
    )
    stands_at(frame, "Overview")

    assert [url.rsplit("/", 1)[1] for url in sent if "/v/" in url] == ["space"]


def test_marking_complete_needs_no_mouse(school: Campus, browsers: Browsers) -> None:
    page = browsers().new_page()
    page.goto(own_window(school.lms, "biology", "helena"))
    stands_at(page, "Create the Space of this course")
    _press(page, page.get_by_role("button", name="Create the Space"))
    stands_at(page, "Overview")
    school.do_jobs()
    _press(page, page.get_by_role("link", name="Add an objective"))
    _reach(page, page.get_by_label("Title"))
    page.keyboard.type("Draw a cell")
    _reach(page, page.get_by_label("Description"))
    page.keyboard.type("Draws what the microscope shows.")
    _press(page, page.get_by_role("button", name="Add the objective"))
    _press(page, page.get_by_role("link", name="Progress", exact=True))
    _reach(page, page.get_by_role("searchbox"))
    page.keyboard.type("okafor")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Mark complete", exact=True)).to_have_count(1)

    _press(page, page.get_by_role("button", name="Mark complete", exact=True))

    expect(page.get_by_role("status")).to_contain_text("Marked complete: Draw a cell")
    _press(page, page.get_by_role("button", name="Undo"))
    expect(page.get_by_role("status")).to_contain_text("Taken back: Draw a cell")


def test_evidence_is_handed_in_reviewed_and_rewarded_without_a_mouse(school: Campus, browsers: Browsers) -> None:
    create_space_with_roster(school)
    space = db.session.scalars(select(Space.id)).one()
    make_evidence_objective(space, school.organization, "Draw a cell")
    learner, teacher = (_open_in_a_window(browsers(), school, who) for who in ("siobhan", "helena"))
    _press(learner, learner.get_by_role("link", name="Hand in evidence"))
    _reach(learner, learner.get_by_label("Your text"))
    learner.keyboard.type("The walls are green.")
    _press(learner, learner.get_by_role("button", name="Hand it in"), key="Space")
    expect(learner.get_by_role("status")).to_contain_text("Waiting for review")
    teacher.reload()
    _press(teacher, teacher.get_by_role("button", name="Review 1 waiting"))
    expect(teacher.get_by_text("The walls are green.")).to_be_visible()

    _press(teacher, teacher.get_by_role("button", name="Accept"), key="Space")

    expect(teacher.get_by_role("status")).to_contain_text("Accepted: Siobhán O'Connor, Draw a cell")
    _press(learner, learner.get_by_role("navigation", name="This space").get_by_role("link", name="My progress"))
    expect(learner.get_by_text("1 of 1 objective complete")).to_be_visible()
    with learner.expect_popup() as opened:
        _press(learner, learner.get_by_role("link", name="See your badge"))
    stands_at(opened.value, "Draw a cell")


def _open_in_a_window(browser: BrowserContext, school: Campus, person: str) -> Page:
    page = browser.new_page()
    page.goto(own_window(school.lms, "biology", person))
    page.wait_for_url(f"{school.url}/v/**")
    return page


def test_the_first_step_of_the_keyboard_skips_to_the_content(school: Campus, browsers: Browsers) -> None:
    page = browsers().new_page()
    page.goto(own_window(school.lms, "biology", "helena"))
    stands_at(page, "Create the Space of this course")

    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main").locator("a, input:not([type=hidden])").first).to_be_focused()


def _reach(page: Page, target: Locator) -> None:
    """Step to `target` with the Tab key alone; where one arrives, one sees it."""
    expect(target).to_be_visible()
    for _ in range(_MOST_STEPS):
        if target.evaluate("element => element === document.activeElement"):
            assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
            expect(target).to_be_in_viewport()
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"The keyboard does not reach {target}.")


def _press(page: Page, target: Locator, key: str = "Enter") -> None:
    _reach(page, target)
    page.keyboard.press(key)
