"""A launch on its way: signed by the LMS with whatever claims a test wants, and not posted yet."""

from dataclasses import dataclass
from typing import Any

import requests

from lti_tool.launch.messages import DEEP_LINKING_SETTINGS, C
from tests.make.lms import Browser, Campus

# A message that is no link has no resource link; what picks takes at least our links back.
PICKING: dict[str, Any] = {
    C + "message_type": "LtiDeepLinkingRequest",
    C + "resource_link": None,
    C + "target_link_uri": None,
    DEEP_LINKING_SETTINGS: {
        "deep_link_return_url": "https://lms.example/picked?sesskey=of-this-teacher",
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe"],
    },
}


@dataclass
class OnItsWay:
    """What the platform was asked, and what it gave the browser to post."""

    browser: Browser
    asked: dict[str, str]
    fields: dict[str, str]

    def post(self, by: Browser | None = None, *, allow_redirects: bool = True, **instead: str) -> requests.Response:
        fields = {**self.fields, **instead}
        return (by or self.browser).post("/lti/launch", fields, allow_redirects=allow_redirects)

    def post_forged(self) -> requests.Response:
        """The same with a signature that nobody made."""
        return self.post(id_token=self.fields["id_token"][:-20] + "A" * 20)


def launch_on_its_way(school: Campus, person: str = "helena", course: str = "biology", **claims: Any) -> OnItsWay:
    """A claim of None is left out."""
    browser = school.browser()
    asked = school.begin(browser, school.lms.login_request(course, person))
    said = {**school.lms.claims(course, person), "nonce": asked["nonce"], **claims}
    said = {name: value for name, value in said.items() if value is not None}
    return OnItsWay(browser, asked, {"id_token": school.lms.sign(said), "state": asked["state"]})
