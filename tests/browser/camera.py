"""Takes the pages of the tool, wide and at 320 pixels, alone and inside the LMS's frame."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from tests.browser.stage import course_page, own_window
from tests.make.lms import Campus


@dataclass
class Camera:
    """Takes pages into a folder, in the order of the story."""

    folder: Path
    school: Campus
    wide: BrowserContext
    small: BrowserContext
    taken: int = 0
    homes: dict[tuple[str, str, str], str] = field(default_factory=dict)

    def launched(self, width: str, course: str, person: str) -> Page:
        """A page in a window of its own, at the start page of this person's visit."""
        page = self._context(width).new_page()
        key = (width, course, person)
        if key in self.homes:
            page.goto(self.homes[key])
        else:
            page.goto(own_window(self.school.lms, course, person))
            page.wait_for_url(f"{self.school.url}/**")
            self.homes[key] = page.url
        return page

    def take(self, name: str, course: str, person: str, act: Callable[[Page], object] = lambda _: None) -> None:
        """One page at both widths. `act` walks from the start page to what is to be seen."""
        self.taken += 1
        for width in ("wide", "small"):
            page = self.launched(width, course, person)
            act(page)
            self._shoot(page, name, width)

    def visit(self, name: str, url: str) -> None:
        """A page that belongs to no visit."""
        self.taken += 1
        for width in ("wide", "small"):
            page = self._context(width).new_page()
            page.goto(url)
            self._shoot(page, name, width)

    def visit_page(self, name: str, url: str, act: Callable[[Page], object]) -> None:
        """A page that belongs to no visit, after some steps; all of it."""
        self.taken += 1
        for width in ("wide", "small"):
            page = self._context(width).new_page()
            page.goto(url)
            act(page)
            self._shoot(page, name, width)

    def visit_then(self, name: str, url: str, act: Callable[[Page], object]) -> None:
        """A page of the LMS with the tool in a frame of it, after some steps; as much as the window shows."""
        self.taken += 1
        for width in ("wide", "small"):
            page = self._context(width).new_page()
            page.goto(url)
            act(page)
            self._shoot(page, name, f"frame-{width}")

    def framed(self, name: str, course: str, person: str, heading: str) -> None:
        """The LMS's page with the tool in its frame, as much as the window shows."""
        self.taken += 1
        for width in ("wide", "small"):
            page = self._context(width).new_page()
            page.goto(course_page(self.school.lms, course, person))
            frame = page.frame_locator("#tool")
            frame.get_by_role("heading", name=heading, level=1).wait_for()
            self._shoot(page, name, f"frame-{width}")

    def _context(self, width: str) -> BrowserContext:
        return self.wide if width == "wide" else self.small

    def _shoot(self, page: Page, name: str, width: str) -> None:
        page.wait_for_load_state()
        if "frame" not in width:  # what lies below the fold is loaded only for who scrolls there
            page.evaluate(
                "Promise.all([...document.images].map(one => (one.loading = 'eager', one.decode().catch(() => 0))))"
            )
        page.screenshot(path=self.folder / f"{self.taken:02d}-{name}-{width}.png", full_page="frame" not in width)
        page.close()


def goes(*links: str) -> Callable[[Page], None]:
    """Follow links by their words, one after the other, out of the folded tabs of a small window too."""

    def act(page: Page) -> None:
        for words in links:
            page.evaluate("document.querySelectorAll('.tabs-fold').forEach(one => (one.open = true))")
            page.get_by_role("link", name=words).first.click()

    return act


def at(path: str) -> Callable[[Page], object]:
    """Go to an address of the visit, told from its start page."""
    return lambda page: page.goto(page.url.split("?")[0] + path)
