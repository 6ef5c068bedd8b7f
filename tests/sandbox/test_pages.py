"""What a newcomer sees: courses and people, the tool in a frame, the gradebook and the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import html5lib
import pytest
import requests
from playwright.sync_api import Browser, expect, sync_playwright

from lti_tool.sandbox.gradebook import Score
from tests.browser.chromium import FLAGS
from tests.sandbox.installation import Installation


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        yield chromium
        chromium.close()


def _grade_amelie(lms: Installation) -> None:
    item = lms.platform.gradebook.add("biology", {"label": "<i>Cells</i>", "scoreMaximum": 10})
    amelie = lms.platform.world.people["amelie"].sub
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    score = Score(amelie, 7.5, 10, "Très <bien>", "Completed", "FullyGraded", moment)
    lms.platform.gradebook.record(item, score)


PAGES = [
    "/",
    "/courses/biology",
    "/courses/data-literacy?q=nobody-at-all",
    "/courses/biology/as/markup/menu",
    "/courses/biology/as/pat/activity",
    "/launch/biology/as/fatima/menu",
    "/courses/biology/gradebook",
    "/courses/data-literacy/gradebook",
    "/courses/biology/as/helena/add",
    "/courses/biology/as/helena/review/li-1/amelie",
    "/site/account/as/pat",
    "/site/profile/as/markup",
    "/site/privacy/as/amelie?message=DataPrivacyLaunchRequest",
    "/site/return?lti_errormsg=<b>No</b>",
    "/administration",
    "/courses/biology/return?as=amelie&lti_msg=Saved&lti_errormsg=<b>No</b>&lti_errorlog=E1&lti_log=L1",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_valid_html_with_one_heading_and_unique_ids(lms: Installation, path: str) -> None:
    _grade_amelie(lms)
    page = requests.get(lms.url + path, timeout=10)
    assert page.status_code == 200
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.text)
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(tree.findall(".//h1")) == 1
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_no_page_passes_markup_on(lms: Installation, path: str) -> None:
    _grade_amelie(lms)
    text = requests.get(lms.url + path, timeout=10).text
    assert "<script>alert" not in text
    assert "<i>Cells" not in text
    assert "<b>No" not in text


def test_people_are_grouped_by_role_and_the_many_are_searched(lms: Installation) -> None:
    home = requests.get(f"{lms.url}/", timeout=10).text
    for title in ("Teacher", "Learner", "Teaching assistant", "Observer", "Administrator", "Test student"):
        assert home.count(f'aria-label="{title}, Introduction to Data Literacy"') == 1
    found = requests.get(f"{lms.url}/courses/data-literacy?q=learner-0130", timeout=10).text
    assert found.count("Open as") == 1
    assert "/courses/data-literacy/as/learner-0130/menu" in found


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/courses/nothing", 404),
        ("/courses/biology/as/nobody/menu", 404),
        ("/courses/biology/as/helena/nowhere", 404),
        ("/courses/biology/as/kwame/menu?x=1", 200),
        ("/courses/data-literacy/as/kwame/menu", 403),
        ("/launch/data-literacy/as/kwame/menu", 403),
        ("/courses/biology/as/helena/add?tool=nobody", 404),
        ("/courses/biology/as/helena/review/li-99/amelie", 404),
        ("/site/nowhere/as/helena", 404),
        ("/site/account/as/helena", 403),
        ("/site/privacy/as/helena/launch?message=LtiStartProctoring", 400),
        ("/site/privacy/as/nobody", 404),
    ],
)
def test_addresses_that_lead_nowhere_say_so(lms: Installation, path: str, status: int) -> None:
    page = requests.get(lms.url + path, timeout=10)
    assert page.status_code == status
    assert page.text.count("<h1>") == 1


def test_the_gradebook_shows_scores_comments_and_times_with_the_scored_first(lms: Installation) -> None:
    _grade_amelie(lms)
    text = requests.get(f"{lms.url}/courses/biology/gradebook", timeout=10).text
    for shown in ("&lt;i&gt;Cells", "7.5</span> of 10", "Très &lt;bien&gt;", "2026-03-01 12:30:00 UTC"):
        assert shown in text
    assert text.index("7.5</span>") < text.index("Siobhán")


@pytest.mark.browser
def test_the_tool_opens_in_the_frame_from_another_site(lms: Installation, browser: Browser) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{lms.url}/")
    page.get_by_role("link", name="Open as Helena Brandt").first.click()
    expect(page.frame_locator("#tool").get_by_role("heading", name="The tool is open")).to_be_visible()
    assert refused == []
    page.close()


@pytest.mark.browser
def test_the_tool_opens_in_a_new_window_without_scripts_by_buttons(lms: Installation, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{lms.url}/courses/biology/as/fatima/activity")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Open in a new window").click()
    opened.value.get_by_role("button", name="Open the tool").click()
    opened.value.get_by_role("button", name="Continue to the tool").click()
    expect(opened.value.get_by_role("heading", name="The tool is open")).to_be_visible()
    context.close()


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways_on_a_small_screen(lms: Installation, browser: Browser, path: str) -> None:
    _grade_amelie(lms)
    context = browser.new_context(viewport={"width": 320, "height": 700}, java_script_enabled=True)
    page = context.new_page()
    page.goto(lms.url + path)
    width = page.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert width <= 320


@pytest.mark.browser
def test_the_tool_sets_the_height_of_its_frame_and_nobody_else_does(lms: Installation, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{lms.url}/courses/biology/as/helena/menu")
    expect(page.frame_locator("#tool").get_by_role("heading", name="The tool is open")).to_be_visible()
    before = page.locator("#tool").evaluate("frame => getComputedStyle(frame).height")
    page.evaluate(
        """new Promise((arrived) => {
            addEventListener('message', arrived, {once: true});
            postMessage({subject: 'lti.frameResize', height: 900}, '*');
        }).then(() => 'arrived')"""
    )
    expect(page.locator("#tool")).to_have_css("height", before)
    frame = page.frame(url=f"{lms.tool.url}/**")
    assert frame is not None
    frame.evaluate("parent.postMessage({subject: 'lti.frameResize', height: 333}, '*')")
    expect(page.locator("#tool")).to_have_css("height", "333px")
    frame.evaluate("parent.postMessage({subject: 'org.imsglobal.lti.frameResize', height: '444'}, '*')")
    expect(page.locator("#tool")).to_have_css("height", "444px")
    frame.evaluate("parent.postMessage(JSON.stringify({subject: 'lti.frameResize', height: 555}), '*')")
    expect(page.locator("#tool")).to_have_css("height", "555px")
    frame.evaluate("['{', null, 5, {subject: 'lti.frameResize'}].forEach((odd) => parent.postMessage(odd, '*'))")
    frame.evaluate("parent.postMessage({subject: 'lti.frameResize', height: 666}, '*')")
    expect(page.locator("#tool")).to_have_css("height", "666px")
    page.close()


@pytest.mark.browser
def test_a_picked_link_comes_back_into_the_frame_and_leads_to_the_course(lms: Installation, browser: Browser) -> None:
    lms.tool.picks = True
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{lms.url}/courses/biology/as/helena/menu")
    page.get_by_role("link", name="Add content from the tool").click()
    page.frame_locator("#tool").get_by_role("button", name="Pick").click()
    page.frame_locator("#tool").get_by_role("link", name="Week 1").click()
    expect(page.get_by_role("heading", name="Week 1")).to_be_visible()
    expect(page.frame_locator("#tool").get_by_role("heading", name="The tool is open")).to_be_visible()
    assert refused == []
    page.close()


@pytest.mark.browser
def test_the_frame_of_a_registering_tool_closes_when_the_tool_says_so(lms: Installation, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{lms.url}/administration")
    page.get_by_label("The tool’s registration address").fill(f"{lms.tool.url}/register")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.frame_locator("#registering").get_by_role("heading", name="Registering")).to_be_visible()
    page.evaluate("postMessage({subject: 'org.imsglobal.lti.close'}, '*')")
    expect(page.locator("#registering")).to_be_visible()
    page.frames[1].evaluate("parent.postMessage({subject: 'org.imsglobal.lti.close'}, '*')")
    expect(page.get_by_role("heading", name="Installed tools")).to_be_visible()
    page.close()


def test_two_learners_of_one_name_can_be_told_apart(lms: Installation) -> None:
    _grade_amelie(lms)
    for path in ("/", "/courses/biology/gradebook"):
        text = requests.get(lms.url + path, timeout=10).text
        assert "Dubois</bdi> (amelie)" in text
        assert "Dubois</bdi> (amelie-2)" in text
        assert "O&#39;Connor</bdi> (" not in text
