"""The row of a Space's tabs: four at most for learners, and staff's folds where it would not fit."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlalchemy import select, update

from lti_tool.db import db, transaction
from lti_tool.launch.model import VisitRow
from lti_tool.people.model import Person
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.model import Space
from lti_tool.spaces.pathways.following import add_pathway
from tests.browser.stage import own_window
from tests.browser.walk import stands_at
from tests.flows.steps import create_space_with_roster
from tests.make.lms import Campus
from tests.make.pathway import make_way
from tests.make.space import make_badge

pytestmark = pytest.mark.browser

Browsers = Callable[..., BrowserContext]


def tabs(page: Page) -> Locator:
    return page.get_by_role("navigation", name="This space", exact=True).get_by_role("link")


def opened(browser: BrowserContext, school: Campus, person: str, width: int) -> Page:
    page = browser.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(own_window(school.lms, "biology", person))
    page.wait_for_url(f"{school.url}/v/**")
    return page


def test_staff_have_one_row_where_there_is_room_for_it(school: Campus, browsers: Browsers) -> None:
    create_space_with_roster(school)

    page = opened(browsers(), school, "helena", 701)

    expect(tabs(page)).to_have_count(7)
    assert len({box["y"] for box in (one.bounding_box() for one in tabs(page).all()) if box}) == 1
    expect(page.locator("details.tabs")).to_be_hidden()


def test_staff_unfold_the_row_by_keyboard_on_a_narrow_window(school: Campus, browsers: Browsers) -> None:
    create_space_with_roster(school)
    page = opened(browsers(), school, "helena", 699)
    named = page.locator("details.tabs summary")
    expect(named).to_have_text("Overview")
    expect(tabs(page)).to_have_count(0)
    while not named.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")

    expect(tabs(page)).to_have_count(7)
    expect(tabs(page).first).to_have_attribute("aria-current", "page")
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(tabs(page).nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    stands_at(page, "Members")
    expect(named).to_have_text("Members")


def test_a_learner_who_mentors_has_four_tabs_and_finds_whom_they_follow(school: Campus, browsers: Browsers) -> None:
    create_space_with_roster(school)
    space = db.session.scalars(select(Space)).one()
    with transaction():
        set_leaderboard_options(space.id, on=True, aliases=True, names=False)
        amelie = db.session.scalars(select(Person.id).where(Person.email.like("amelie.dubois%"))).one()
    way = make_way(school.organization, [make_badge(school.organization)])
    with transaction():
        add_pathway(space.id, way, by=None)
    page = opened(browsers(), school, "siobhan", 400)
    with transaction():
        db.session.execute(update(VisitRow).values(mentees=[amelie]))
    page.reload()
    expect(tabs(page)).to_have_text(["My progress", "My badges", "Pathways", "Leaderboard"])

    page.get_by_role("link", name="Following").click()

    stands_at(page, "Amélie Dubois")
    expect(tabs(page).first).to_have_attribute("aria-current", "true")
