"""The story of the spine: course, Space, roster, objective, award, leaderboard and CSV, in a cross-site frame."""

import csv
import io
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.stage import BIG
from tests.browser.walk import (
    add_objective,
    create_space,
    download,
    go_to_tab,
    mark_complete,
    open_course,
    stands_at,
    tool,
)
from tests.judges.verdicts import Verdict, badgecheck, openbadgeslib
from tests.make.lms import Campus

pytestmark = pytest.mark.browser

WHO, ADDRESS = "learner-0007", "learner-0007@sandbox.example.edu"
TITLE = "Read a chart"


def test_from_the_course_to_a_badge_that_others_accept(
    busy_school: Campus, browsers: Callable[..., BrowserContext]
) -> None:
    busy_school.lms.faults.delays["roster"] = 0.15
    teacher = _teacher_opens_the_course(browsers(), busy_school)
    create_space(teacher)
    _roster_arrives(teacher)
    add_objective(teacher, TITLE, {"Points": "25", "What learners read: how to complete it": "Say what the axes mean."})
    mark_complete(teacher, WHO)
    _leaderboard_is_switched_on(teacher)

    learner = open_course(browsers(), busy_school, BIG, WHO)

    award, png = _learner_takes_the_badge(learner)
    authority = urlsplit(busy_school.url).netloc
    for badge in (award, png):
        assert badgecheck(badge, authority, {"email": ADDRESS}) == Verdict(True, (), ())
        assert openbadgeslib(badge, authority, ADDRESS) == Verdict(True, (), ())
    _learner_is_on_the_board(learner)
    _csv_is_right(teacher)


def _teacher_opens_the_course(browser: BrowserContext, school: Campus) -> Page:
    page = browser.new_page()
    page.goto(f"{school.lms.settings.url}/")
    course = page.get_by_role("article").filter(has_text="Introduction to Data Literacy")
    course.get_by_role("link", name="Open as Helena Brandt").click()
    stands_at(tool(page), "Create the Space of this course")
    return page


def _roster_arrives(page: Page) -> None:
    """The page says how far the reading is and when it is done, without being loaded again."""
    frame = tool(page)
    go_to_tab(frame, "Members")
    heading = frame.get_by_role("heading", level=1)
    heading.evaluate("heading => { heading.dataset.since = 'the beginning' }")
    expect(frame.get_by_role("region", name="Roster")).to_contain_text("people so far")
    expect(frame.get_by_role("region", name="Roster")).to_contain_text("1,202 people", timeout=60_000)
    assert heading.get_attribute("data-since") == "the beginning"
    frame.get_by_role("link", name="Show the list as it is now").click()
    expect(frame.get_by_role("heading", name="1,200 learners")).to_be_visible()


def _leaderboard_is_switched_on(page: Page) -> None:
    frame = tool(page)
    go_to_tab(frame, "Leaderboard")
    frame.get_by_role("button", name="Turn the leaderboard on").click()
    expect(frame.get_by_role("status")).to_have_text("The leaderboard is on. Your choice is saved.")


def _learner_takes_the_badge(page: Page) -> tuple[str, bytes]:
    """Answers the address of the award and the bytes of its picture."""
    frame = tool(page)
    stands_at(frame, "My progress")
    expect(frame.get_by_text("1 of 1 objective complete")).to_be_visible()
    with page.expect_popup() as opened:
        frame.get_by_role("link", name="See your badge").click()
    public = opened.value
    stands_at(public, TITLE)
    picture = download(public, "Download PNG", public)
    return public.url, picture.path().read_bytes()


def _learner_is_on_the_board(page: Page) -> None:
    frame = tool(page)
    go_to_tab(frame, "Leaderboard")
    mine = frame.locator("tr[aria-current=true]")
    expect(mine.get_by_role("cell")).to_have_text(["1", "25"])
    expect(frame.get_by_role("row")).to_have_count(1 + 4)
    expect(frame.get_by_role("table")).not_to_contain_text("Learner")


def _csv_is_right(page: Page) -> None:
    go_to_tab(tool(page), "Progress")
    text = download(page, "Export as CSV", tool(page)).path().read_text("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert len(rows) == 1200
    [mine] = [row for row in rows if ADDRESS in row]
    told = dict(zip(head, mine, strict=True))
    assert TITLE in " ".join(head)
    assert told["Points"] == "25"
    assert sum(row[head.index("Points")] not in ("0", "") for row in rows) == 1
