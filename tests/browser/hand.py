"""The hand of somebody in the LMS's course page: every click and every key that confirms is counted, typing is not."""

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import BrowserContext, Download, FrameLocator, Locator, Page

from tests.browser.walk import tool
from tests.make.lms import Campus

Kind = Literal["link", "button", "radio", "checkbox"]


@dataclass
class Hand:
    """`where` is what lies under it: the tool in the LMS's frame, or a page by itself."""

    page: Page
    where: Page | FrameLocator
    clicks: int = 0

    def press(self, kind: Kind, words: str) -> None:
        """The first thing of this kind that bears these words."""
        self.click(self.where.get_by_role(kind, name=words).first)

    def click(self, target: Locator) -> None:
        target.click()
        self.clicks += 1

    def take_file(self, kind: Kind, words: str) -> Download:
        with self.page.expect_download() as arriving:
            self.press(kind, words)
        return arriving.value


def opens(browser: BrowserContext, school: Campus, who: str, course: str = "biology") -> Hand:
    """From the page of the course into the tool: that is the first click."""
    page = browser.new_page()
    page.goto(f"{school.lms.settings.url}/courses/{course}")
    hand = Hand(page, tool(page))
    hand.click(page.get_by_role("link", name=f"Open as {who}", exact=True))
    return hand
