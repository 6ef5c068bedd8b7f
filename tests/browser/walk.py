"""What people do with the tool in the LMS's frame, in their own words."""

from collections.abc import Mapping

from playwright.sync_api import BrowserContext, Download, FrameLocator, Page, expect

from tests.browser.stage import course_page
from tests.make.lms import Campus


def tool(page: Page) -> FrameLocator:
    """The tool inside the LMS's page."""
    return page.frame_locator("#tool")


def open_course(browser: BrowserContext, school: Campus, course: str, person: str, placement: str = "menu") -> Page:
    """The course's page in a tab of its own, with the tool in its frame."""
    page = browser.new_page()
    page.goto(course_page(school.lms, course, person, placement))
    return page


def stands_at(page: Page | FrameLocator, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def go_to_tab(page: Page | FrameLocator, name: str) -> None:
    page.get_by_role("navigation", name="This space").get_by_role("link", name=name).click()
    stands_at(page, name)


def create_space(page: Page) -> None:
    """The teacher's one click."""
    tool(page).get_by_role("button", name="Create the Space").click()
    stands_at(tool(page), "Overview")


def add_objective(page: Page, title: str, fields: Mapping[str, str]) -> None:
    """A badge and an objective in one form; `fields` are further ones by their labels."""
    frame = tool(page)
    go_to_tab(frame, "Overview")
    frame.get_by_role("link", name="Add an objective").click()
    frame.get_by_label("Title").fill(title)
    for label, value in {"Description": f"Knows how to {title.lower()}.", **fields}.items():
        frame.get_by_label(label, exact=True).fill(value)
    frame.get_by_role("button", name="Add the objective").click()
    expect(frame.get_by_role("link", name=title, exact=True)).to_be_visible()


def mark_complete(page: Page, learner: str) -> None:
    """Find somebody in the grid and mark the first open objective."""
    frame = tool(page)
    go_to_tab(frame, "Progress")
    frame.get_by_role("searchbox").fill(learner)
    frame.get_by_role("button", name="Search").click()
    frame.get_by_role("button", name="Mark complete", exact=True).first.click()
    expect(frame.get_by_role("status")).to_contain_text("Marked complete")


def download(page: Page, link: str, within: Page | FrameLocator) -> Download:
    with page.expect_download() as arriving:
        within.get_by_role("link", name=link).click()
    return arriving.value
