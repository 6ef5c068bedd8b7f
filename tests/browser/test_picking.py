"""A teacher picks in the LMS's frame, on another site, without third-party cookies, and is back by itself."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browsers
from tests.flows.steps import add_objective, create_space_with_roster
from tests.make.lms import Campus

pytestmark = pytest.mark.browser


def test_what_is_picked_in_the_frame_comes_back_to_the_course_by_itself(school: Campus, browsers: Browsers) -> None:
    teacher, overview = create_space_with_roster(school)
    add_objective(teacher, overview)
    page = browsers(viewport={"width": 600, "height": 400}).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{school.lms.settings.url}/courses/biology/as/helena/add")
    frame = page.frame_locator("iframe")

    frame.get_by_label("Explore the lab").check()
    frame.get_by_role("button", name="Add to the course").click()

    expect(frame.get_by_role("heading", name="Added to Biology 101")).to_be_visible()
    assert [one.title for one in school.lms.deep_links.answers[-1].placements] == ["Explore the lab"]
    assert not [one for one in said if "policy" in one.lower()], said
