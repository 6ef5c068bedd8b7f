"""Steps that several stories take: a teacher creates the Space, adds an objective, marks somebody complete."""

from typing import Any

import requests

from tests.make.hands import follow, press
from tests.make.lms import Browser, Campus


def create_space(school: Campus, course: str = "biology", teacher: str = "helena") -> tuple[Browser, requests.Response]:
    """The teacher's first launch and the one click. Answers the browser and the overview of the new Space."""
    browser, offer = school.open(course, teacher)
    press(browser, offer, "Create the Space")
    return browser, browser.get(offer.url)


def create_space_with_roster(school: Campus, course: str = "biology") -> tuple[Browser, requests.Response]:
    """The same, and everybody on the roster is in it."""
    browser, overview = create_space(school, course)
    school.do_jobs()
    return browser, browser.get(overview.url)


def add_objective(
    browser: Browser, overview: requests.Response, title: str = "Explore the lab", **fields: Any
) -> requests.Response:
    """An objective with a badge of the same name, made in one form. Answers the page that comes then."""
    form = follow(browser, overview, "Add an objective")
    filled = {"title": title, "description": f"{title}: done.", "public_criteria": "Show your notes.", **fields}
    return press(browser, form, "Add the objective", **filled)


def mark_complete(browser: Browser, overview: requests.Response, learner: str) -> requests.Response:
    """One click in the grid, in the learner's row, for the first objective not yet complete. Answers the grid."""
    return press(browser, follow(browser, overview, "Progress"), "Mark complete", beside=learner)


def award_page(browser: Browser, grid: requests.Response, learner: str) -> requests.Response:
    """The public page of the learner's newest award, as staff reach it from the grid."""
    return follow(browser, follow(browser, grid, "Details", beside=learner), "Award")
