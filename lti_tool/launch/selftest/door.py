"""Through the door as a platform and a browser: a login begun, a token signed, and the page where it arrives."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.fetch import Fetcher
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.selftest.browser import Browser, Page
from lti_tool.launch.selftest.lms import Lms, Person, merged
from lti_tool.launch.selftest.record import Mismatch, Trace
from lti_tool.words import to_say

VISIT = "visit"
_NOT_LED = Sentence(to_say("the login did not lead to the platform: %(page)s"))
_NOT_ARRIVED = Sentence(to_say("the launch did not arrive: %(page)s"))
_NO_PAGE = Sentence(to_say("status %(status)s, no page"))
_PAGE = Sentence(to_say("status %(status)s, “%(heading)s”"), status=r"\d+")
_PAGE_WITH_CODE = Sentence(to_say("status %(status)s, %(code)s, “%(heading)s”"), status=r"\d+", code=r"\w+")
_LONGEST_WAIT = 65  # seconds: a minute's limit, and shorter than it takes to be taken for dead


@dataclass(frozen=True)
class Door:
    """This installation's door, as the temporary platform sees it."""

    lms: Lms
    fetcher: Fetcher
    origin: str

    def browser(self, trace: Trace) -> Browser:
        return Browser(self.fetcher, self.origin, trace)

    def login(self, browser: Browser, changes: Mapping[str, str] | None = None) -> Page:
        """Where logins from this address are too many already, the run waits its turn like anybody, once."""
        address, said = f"{self.lms.tool}/lti/login", self.lms.login(changes or {})
        page = browser.post(address, said, self.origin)
        if page.code == "too_many_logins" and 0 < page.wait <= _LONGEST_WAIT:
            time.sleep(page.wait)
            page = browser.post(address, said, self.origin)
        return page

    def begin(self, browser: Browser, changes: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the tool asks of the platform. Raises `Mismatch` when it does not come to that."""
        page = self.login(browser, changes)
        if not page.location.startswith(self.lms.auth_url + "?"):
            raise Mismatch(_NOT_LED(page=told(page)))
        said = parse_qs(urlsplit(page.location).query, keep_blank_values=True)
        return {name: values[0] for name, values in said.items()}

    def post(self, browser: Browser, token: str, state: str | None) -> Page:
        fields = {"id_token": token} | ({"state": state} if state is not None else {})
        return browser.post(f"{self.lms.tool}/lti/launch", fields, self.origin)

    def open(self, browser: Browser, person: Person, course: str, changes: Mapping[str, Any]) -> Page:
        """A whole launch. Raises `Mismatch` when it does not arrive in a visit."""
        asked = self.begin(browser)
        claims = merged(self.lms.claims(person, course, asked["nonce"]), changes)
        page = self.post(browser, self.lms.sign(claims), asked["state"])
        if page.status != 200 or not page.is_html or not page.heading or not visit_of(page):
            raise Mismatch(_NOT_ARRIVED(page=told(page)))
        return page


def visit_of(page: Page) -> str | None:
    """The visit that a page belongs to."""
    parts = urlsplit(page.url).path.split("/")
    return parts[2] if len(parts) > 3 and parts[1] == "v" else None


def told(page: Page) -> str:
    """What came, in a few words."""
    if not page.is_html:
        return _NO_PAGE(status=page.status)
    if page.code:
        return _PAGE_WITH_CODE(status=page.status, code=page.code, heading=page.heading)
    return _PAGE(status=page.status, heading=page.heading)


def another_state() -> str:
    """One that nobody gave out."""
    return secrets.token_urlsafe(32)
