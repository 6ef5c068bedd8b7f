"""The platform as one object: what requests share, and what a test takes hold of."""

import secrets
from typing import Any

from flask import Flask, abort, current_app

from lti_tool.sandbox.access import AccessTokens
from lti_tool.sandbox.assertion import AssertionCheck, ToolKeys
from lti_tool.sandbox.claims import ClaimsBuilder, replace_members
from lti_tool.sandbox.faults import Faults, Traffic
from lti_tool.sandbox.gradebook import Gradebook
from lti_tool.sandbox.hints import Hints, Intent, Nonces
from lti_tool.sandbox.keys import SigningKeys
from lti_tool.sandbox.paging import Bookmarks
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.two_courses import two_courses
from lti_tool.sandbox.world import Course, Person, Placement


class Platform:
    """State of one sandbox. Safe to use from several threads."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.world = two_courses(settings.learners)
        self.keys = SigningKeys(started=secrets.token_hex(4))
        self.gradebook = Gradebook()
        self.faults = Faults()
        self.traffic = Traffic(self.faults)
        self.hints = Hints()
        self.nonces = Nonces()
        self.tokens = AccessTokens()
        self.assertions = AssertionCheck(settings, ToolKeys(settings.tool_jwks_url))
        self.bookmarks = Bookmarks()
        self._claims = ClaimsBuilder(settings, self.world, self.faults, self.gradebook)

    def claims(
        self,
        course: Course | str,
        person: Person | str,
        message: str = "LtiResourceLinkRequest",
        link: Placement | str | None = None,
        **over: Any,
    ) -> dict[str, Any]:
        """Build the claims of an id_token, all but the nonce.

        Course, person and link (default: the course menu) may be given by key. `over` replaces claims by
        their full name or, for those of LTI, the last word (`roles`, `context`, `roster`, …); None drops one.
        """
        place = self.find_course(course)
        who = self.world.people[person] if isinstance(person, str) else person
        link = link or "menu"
        placement = place.placements[link] if isinstance(link, str) else link
        return replace_members(self._claims.build(place, who, placement, message), over)

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign claims with the current key; see `SigningKeys.sign`."""
        return self.keys.sign(claims, headers)

    def find_course(self, course: Course | str) -> Course:
        """The course itself or by key; KeyError when unknown."""
        return self.world.courses[course] if isinstance(course, str) else course

    def login_request(
        self, course: str, person: str, placement: str = "menu", document_target: str = "iframe"
    ) -> dict[str, str]:
        """Begin a launch: the parameters to send to the tool's login address, with a fresh hint."""
        intent = Intent(course, person, placement, document_target)
        parameters: dict[str, str | None] = {
            "iss": self.settings.url,
            "login_hint": self.world.people[person].sub,
            "lti_message_hint": self.hints.issue(intent),
            "target_link_uri": self.settings.tool_launch_url,
            "client_id": self.settings.client_id,
            "lti_deployment_id": self.settings.deployment_id,
        }
        parameters |= self.faults.login_parameters
        return {name: value for name, value in parameters.items() if value is not None}


def attach(app: Flask, platform: Platform) -> None:
    """Make the platform that of this application."""
    app.extensions["sandbox"] = platform


def this_platform() -> Platform:
    """The platform of the application that handles this request."""
    platform: Platform = current_app.extensions["sandbox"]
    return platform


def course_or_404(key: str) -> Course:
    """The course of a page address, or the page 404."""
    return this_platform().world.courses.get(key) or abort(404, "There is no such course.")


def person_or_404(key: str) -> Person:
    """The person of a page address, or the page 404."""
    return this_platform().world.people.get(key) or abort(404, "There is no such person.")


def placement_or_404(course: Course, key: str) -> Placement:
    """The placement of a page address, or the page 404."""
    return course.placements.get(key) or abort(404, "The course has no such link.")
