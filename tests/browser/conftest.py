"""Browsers and stages for the stories. Each test gets fresh profiles; a story that only looks shares one stage."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright

from tests.browser.chromium import chromium, note_faults
from tests.browser.stage import stage
from tests.make.lms import Campus

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong

Browsers = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """One at a time in a process: it must end before another module starts its own."""
    with sync_playwright() as started:
        yield started


@pytest.fixture
def browsers(playwright: Playwright, tmp_path: Path) -> Iterator[Browsers]:
    """Starts a browser with a profile of its own at each call; `options` as in `chromium`.

    A page of the story that breaks its own policy, or whose script fails, fails the story, unless it is `forgiving`.
    """
    faults: list[str] = []
    with ExitStack() as stack:
        started = 0

        def start(*, forgiving: bool = False, **options: Any) -> BrowserContext:
            nonlocal started
            started += 1
            browser = stack.enter_context(chromium(playwright, tmp_path / f"profile-{started}", **options))
            note_faults(browser, [] if forgiving else faults)
            return browser

        yield start
    assert not faults, "\n".join(faults)


@pytest.fixture
def busy_school(database_url: str, tmp_path: Path) -> Iterator[Campus]:
    """Tool, worker and LMS with the large course of 1,200 learners."""
    with stage(database_url, tmp_path / "data") as school:
        yield school


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What `test_clicks` has counted: task, clicks and target."""
    reports = [one for one in terminalreporter.getreports("passed") if one.when == "call"]
    counted = [said for one in reports for name, said in one.user_properties if name == "clicks"]
    if counted:
        terminalreporter.section("clicks from the page of the course, and the target")
        for task, clicks, target in counted:
            terminalreporter.line(f"{task:<60} {clicks:>3} {target:>3}{'  above' if clicks > target else ''}")
