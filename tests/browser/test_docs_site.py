"""The documentation in a browser: WCAG 2.2 AA, 320 pixels, a search that finds, and no request to anybody else."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from tests.browser.axe import Scheme, violations
from tests.browser.chromium import SMALL, WIDE, chromium
from tools.docs_site import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("docs-site")]

PAGES = ("index.html", "docs/guides/operator.html", "docs/guides/lms/canvas.html", "docs/verdicts.html", "404.html")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("docs-site")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-q", "--site-dir", str(folder)], cwd=ROOT, check=True, timeout=60
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(playwright, tmp_path_factory.mktemp("browser") / "profile") as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", PAGES)
def test_everybody_can_read_it(site: str, browser: BrowserContext, place: str, scheme: Scheme) -> None:
    page = browser.new_page()
    page.emulate_media(color_scheme=scheme)
    asked: set[str] = set()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    page.set_viewport_size(WIDE)
    page.goto(f"{site}/{place}")
    assert violations(page, scheme) == []
    page.set_viewport_size(SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    assert asked == {urlsplit(site).netloc}
    assert faults == []
    page.close()


def test_search_finds_a_page(site: str, browser: BrowserContext) -> None:
    page = browser.new_page()
    with page.expect_console_message(lambda message: "search ready" in message.text):
        page.goto(f"{site}/index.html")
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").press_sequentially("TRUSTED_PROXIES")

    expect(page.get_by_role("dialog").get_by_role("link", name="The proxy").first).to_be_visible()
    page.close()
