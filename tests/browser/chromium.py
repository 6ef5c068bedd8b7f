"""Debian's Chromium, as somebody has it who blocks third-party cookies."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Playwright, ViewportSize

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 15_000
_BLOCKED = 2  # Chromium's number for a content setting that blocks
WIDE: ViewportSize = {"width": 1280, "height": 900}
SMALL: ViewportSize = {"width": 320, "height": 700}


def note_faults(browser: BrowserContext, faults: list[str]) -> None:
    """Write down what breaks a content security policy, in any page or frame, and every error that no script caught."""

    def hear(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    browser.on("console", hear)
    browser.on("weberror", lambda error: faults.append(str(error.error)))


@contextmanager
def chromium(
    playwright: Playwright, profile: Path, *, keeps_nothing_of: tuple[str, str] | None = None, **options: Any
) -> Iterator[BrowserContext]:
    """A browser with a profile of its own that blocks third-party cookies.

    `keeps_nothing_of` is (site, frame's top): the site may keep no cookie at all inside pages of that top, as in
    browsers that know no partitioned ones; in a window of its own it may.
    """
    cookies: dict[str, Any] = {}
    if keeps_nothing_of:
        cookies = {",".join(keeps_nothing_of): {"setting": _BLOCKED}}
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(
        json.dumps(
            {
                "profile": {
                    "cookie_controls_mode": 1,
                    "block_third_party_cookies": True,
                    "content_settings": {"exceptions": {"cookies": cookies}},
                }
            }
        )
    )
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=shutil.which("chromium"),
        args=list(FLAGS),
        viewport=options.pop("viewport", WIDE),
        accept_downloads=True,
        locale="en-GB",
        **options,
    )
    context.set_default_timeout(_PATIENCE)
    try:
        yield context
    finally:
        context.close()
