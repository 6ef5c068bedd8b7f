"""The checks behind the conformance report find what they are for, and nothing on a page that is well."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.browser.chromium import chromium
from tests.browser.looking import Looked, look_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("looking")]

GOOD = """<!doctype html><html lang=en><title>Good</title>
<style>a, button {{ outline-offset: 2px }} {style}</style>
<main><h1>Good</h1><p><a href=#x>One</a></p><p><label>Name <input></label></p>
<p><button>Two</button></p>{more}</main>"""

BAD = {
    "reflow": ("", "<p style='width: 900px'>Wide</p>"),
    "spacing": ("", "<p style='height: 1.2em; line-height: 1.2; overflow: hidden; width: 9em'>Nine letters</p>"),
    "visible": ("button { outline: none !important }", ""),
    "obscured": (".over { position: fixed; inset: 0; background: white }", "<div class=over></div>"),
    "media": ("", "<video src=x></video>"),
    "dragging": ("", "<p draggable=true>Drag me</p>"),
    "passwords": ("", "<label>Secret <input type=password></label>"),
    "motion": ("@keyframes turn { to { rotate: 1turn } } h1 { animation: turn 2s infinite }", ""),
}


@pytest.fixture(scope="module")
def browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(playwright, tmp_path_factory.mktemp("looking") / "profile") as started:
        yield started


def page_with(browser: BrowserContext, style: str, more: str) -> Page:
    page = browser.new_page()
    page.set_content(GOOD.format(style=style, more=more))
    return page


def test_a_good_page_has_no_fault(browser: BrowserContext) -> None:
    outcomes, faults = look_at(page_with(browser, "", ""))
    looked = Looked()
    looked.take("good", outcomes, faults)

    assert {check: said for check, said in looked.wrong.items() if said} == {}
    assert looked.checks == {*BAD, "stays", "keyboard", "trap"}
    assert looked.rules["html-has-lang"]["passes"] == 1


@pytest.mark.parametrize("check", BAD)
def test_what_is_wrong_is_found(browser: BrowserContext, check: str) -> None:
    _, faults = look_at(page_with(browser, *BAD[check]))

    assert faults[check] != []


def test_a_control_that_tab_does_not_reach_is_found(browser: BrowserContext) -> None:
    """Tab leads round it: the control before it hands the focus on."""
    more = "<button id=a onfocus='b.focus()'>A</button><button id=c>C</button><button id=b>B</button>"
    _, faults = look_at(page_with(browser, "", more))

    assert [one for one in faults["keyboard"] if 'id="c"' in one] != []


def test_a_page_that_keeps_the_focus_is_found(browser: BrowserContext) -> None:
    """Two buttons hand the focus to each other."""
    more = "<button id=a onblur='setTimeout(() => b.focus())'>A</button><button id=b onblur='a.focus()'>B</button>"
    _, faults = look_at(page_with(browser, "", more))

    assert faults["trap"] != []


def test_a_page_that_makes_more_and_more_to_stop_at_is_found(browser: BrowserContext) -> None:
    more = "<div id=more></div><button onfocus='this.after(this.cloneNode())'>A</button>"
    _, faults = look_at(page_with(browser, "", more))

    assert faults["trap"] != []
