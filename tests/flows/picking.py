"""Steps of the stories about deep linking and other messages: send one, pick, and carry the answer back."""

from typing import Any
from urllib.parse import urlsplit

import requests

from tests.make.hands import press
from tests.make.lms import Browser, Campus, forms

DEEP_LINKING = "LtiDeepLinkingRequest"
REVIEW = "LtiSubmissionReviewRequest"
PRIVACY = "LtiDataPrivacyLaunchRequest"


def send(
    school: Campus, message: str, course: str | None, person: str, browser: Browser | None = None, **about: Any
) -> tuple[Browser, requests.Response]:
    """The LMS sends the tool this message for a person. Answers the browser and the page it arrives at."""
    browser = browser or school.browser()
    asked = school.begin(browser, school.lms.login_request(course, person, message=message, **about))
    fields = school.authorize(browser, asked)
    return browser, browser.post("/lti/launch", fields, headers={"Origin": school.lms.settings.url})


def open_picker(school: Campus, person: str = "helena", **settings: Any) -> tuple[Browser, requests.Response]:
    """A teacher adds something to the biology course; `settings` replace what the LMS says that it takes."""
    school.lms.faults.deep_link_settings = settings
    return send(school, DEEP_LINKING, "biology", person)


def choose(browser: Browser, picker: requests.Response, *views: str, **fields: Any) -> requests.Response:
    """Tick these views and press the button. Answers the page that carries the answer."""
    [form] = [one for one in forms(picker) if urlsplit(one.action).path.endswith("/pick")]
    return browser.post(form.action, {**form.fields, "view": views, **fields})


def go_back(browser: Browser, answer: requests.Response) -> requests.Response:
    """What the form of the answer page does by itself in a browser with scripts. Answers the LMS's page."""
    return press(browser, answer, "Go back now")


def picked(school: Campus) -> list[dict[str, Any]]:
    """The items of the newest answer that the LMS took."""
    claims = school.lms.deep_links.answers[-1].claims
    items: list[dict[str, Any]] = claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
    return items
