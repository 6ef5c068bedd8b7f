"""Where the browser itself matters: a download, a double click, Cancel, a plain refresh."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from lti_tool.app import create_app
from lti_tool.badges.awards import Recipient
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.model import BadgeRevision
from lti_tool.db import db
from lti_tool.settings import Settings
from tests.browser.conftest import browsers, playwright
from tests.make.award import make_award
from tests.make.elsewhere import Elsewhere, make_png
from tests.make.home import make_home_link, make_proven
from tests.make.inside import inside
from tests.make.organization import make_organization
from tests.make.person import make_person
from tests.make.serving import free_port, serving
from tests.make.space import make_badge
from tests.make.staff import make_staff

__all__ = ["browsers", "playwright"]
pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]


@dataclass
class Served:
    """The tool on a real port, with an editor's link to sign in."""

    app: Flask
    url: str
    badge: str
    award: str
    link: str

    def sign_in(self, browser: BrowserContext) -> Page:
        page = browser.new_page()
        page.goto(f"{self.url}/home/{self.link}")
        page.get_by_role("button", name="Sign in").click()
        return page

    def names(self) -> list[str]:
        """What the badge was called, revision by revision."""
        db.session.rollback()
        query = select(BadgeRevision.name).where(BadgeRevision.badge_id == self.badge)
        return list(db.session.scalars(query.order_by(BadgeRevision.number)))


@pytest.fixture
def served(database_url: str, tmp_path: Path) -> Iterator[Served]:
    port = free_port()
    url = f"http://localhost:{port}"
    settings = Settings(
        data_dir=tmp_path / "data", database_url=database_url, public_url=url, log_level="CRITICAL",
        private_badge_hosts=frozenset({"127.0.0.1"}),
    )  # fmt: skip
    app = create_app(settings)
    with inside(app), serving(app, port):
        organization = make_organization()
        badge = make_badge(organization, "Explorer")
        award = make_award(badge, Recipient(email="ada@example.org"))
        person = make_person(organization, "Edda Editor")
        make_staff(first_issuer_of(organization), person, "editor")
        make_proven(person, "edda@example.org")
        yield Served(app, url, badge, award, make_home_link("edda@example.org"))


def open_tab(page: Page, *links: str) -> None:
    for words in ("Issuers", "Example University", *links, "Data Management"):
        page.get_by_role("link", name=words, exact=True).first.click()


def test_dm_09_export_csv_downloads_a_file(served: Served, browsers: Browsers, tmp_path: Path) -> None:
    """The button reads Export CSV and downloads a file that can be named and placed."""
    page = served.sign_in(browsers())
    open_tab(page)

    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    download.value.save_as(tmp_path / "of my own choice.csv")

    assert download.value.suggested_filename.startswith("Example University awards")
    assert download.value.suggested_filename.endswith(".csv")
    with (tmp_path / "of my own choice.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["Recipient address"] for row in csv.DictReader(file)] == ["ada@example.org"]


def test_dm_26_a_double_click_replaces_once(served: Served, browsers: Browsers, foreign: Elsewhere) -> None:
    """Replace Badge changes picture and text at once, only once, and refuses a preview that is older than the badge."""
    page = served.sign_in(browsers())
    open_tab(page, "Explorer")
    page.get_by_label("Public address of an awarded badge").fill(foreign.award(picture=make_png("crimson")))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="How the badge will appear")).to_be_visible()

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("status")).to_contain_text("Cancelled. The badge is unchanged")
    assert served.names() == ["Explorer"]
    page.get_by_label("Public address of an awarded badge").fill(f"{foreign.url}/award")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Replace Badge").dblclick()

    expect(page.get_by_role("status")).to_contain_text("replaced")
    assert served.names() == ["Explorer", "Navigator"]
    page.go_back()
    page.reload()
    expect(page.get_by_role("status")).to_contain_text("The badge was replaced already.")
    assert served.names() == ["Explorer", "Navigator"]


def test_dm_30_a_plain_refresh_shows_the_new_picture(served: Served, browsers: Browsers, foreign: Elsewhere) -> None:
    """The picture of an award is the new one on the next request, and a plain refresh shows it."""
    browser = browsers()
    holder, editor = browser.new_page(), served.sign_in(browser)
    holder.goto(f"{served.url}/public/assertions/{served.award}")
    before = colour(holder)

    open_tab(editor, "Explorer")
    editor.get_by_label("Public address of an awarded badge").fill(foreign.award(picture=make_png("crimson")))
    editor.get_by_role("button", name="Continue").click()
    editor.get_by_role("button", name="Replace Badge").click()
    expect(editor.get_by_role("status")).to_contain_text("The badge was replaced.")
    holder.reload()

    assert colour(holder) == [220, 20, 60]  # crimson
    assert before != [220, 20, 60]
    expect(holder.get_by_role("heading", level=1)).to_contain_text("Navigator")


def colour(page: Page) -> list[int]:
    """The middle of the award's picture, as it is shown."""
    found: list[int] = page.evaluate(
        """async () => {
            const shown = document.querySelector("main img");
            await shown.decode();
            const canvas = document.createElement("canvas");
            canvas.width = canvas.height = 9;
            canvas.getContext("2d").drawImage(shown, 0, 0, 9, 9);
            return [...canvas.getContext("2d").getImageData(4, 4, 1, 1).data].slice(0, 3);
        }"""
    )
    return found
