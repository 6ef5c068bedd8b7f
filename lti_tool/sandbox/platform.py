"""The platform as one object: what requests share, and what a test takes hold of."""

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, abort, current_app

from lti_tool.sandbox import messages
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.access import AccessTokens
from lti_tool.sandbox.assertion import AssertionCheck
from lti_tool.sandbox.claims import ClaimsBuilder, replace_members
from lti_tool.sandbox.deep_linking import SETTINGS, DeepLinks
from lti_tool.sandbox.faults import Faults, Traffic
from lti_tool.sandbox.gradebook import Gradebook, LineItem
from lti_tool.sandbox.hints import Hints, Intent, Nonces
from lti_tool.sandbox.keys import SigningKeys
from lti_tool.sandbox.messages import Message
from lti_tool.sandbox.notices import Notices
from lti_tool.sandbox.paging import Bookmarks
from lti_tool.sandbox.registrations import Registrations
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.tools import InstalledTool, Tools, first_tool
from lti_tool.sandbox.two_courses import two_courses
from lti_tool.sandbox.world import Course, Person, Placement


class Platform:
    """State of one sandbox. Safe to use from several threads."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.started = secrets.token_hex(4)
        self.world = two_courses(settings.learners)
        self.tools = Tools(first_tool(settings))
        self.keys = SigningKeys(started=self.started)
        self.gradebook = Gradebook()
        self.faults = Faults()
        self.traffic = Traffic(self.faults)
        self.hints = Hints()
        self.nonces = Nonces()
        self.answered_nonces = Nonces()
        self.registrations = Registrations(self.tools, self.world)
        self.deep_links = DeepLinks(settings.url)
        self.tokens = AccessTokens()
        self.assertions = AssertionCheck(settings.token_url, self.tools)
        self.bookmarks = Bookmarks()
        self.notices = Notices(settings, self.keys, self.faults)
        self._claims = ClaimsBuilder(settings, self.world, self.faults, self.gradebook)

    def claims(
        self,
        course: Course | str | None,
        person: Person | str,
        message: str = messages.RESOURCE_LINK,
        link: Placement | str | None = None,
        *,
        tool: InstalledTool | str | None = None,
        about: Person | str | None = None,
        item: LineItem | None = None,
        **over: Any,
    ) -> dict[str, Any]:
        """Build the claims of an id_token, all but the nonce.

        Course (None: the site), person and link (default: the course menu, or the account's) may be given by key, the
        tool by client id. `about` is the learner whose work is reviewed or whose data is asked for, `item` the column
        of a review. `over` replaces claims by their full name or, for those of LTI, the last word (`roles`, `context`,
        `roster`, …); None drops one.
        """
        place = self.find_course(course)
        placement = self._placement(place, message, link, item)
        sent = Message(
            message, self._tool(tool, placement), self._person(person), place, placement,
            self._person(about) if about is not None else None, item,
        )  # fmt: skip
        claims = self._claims.build(sent)
        if message == messages.DEEP_LINKING:
            claims[SETTINGS] = self.deep_links.settings(sent, self.faults.deep_link_settings)
        return self.replaced(claims, over)

    def replaced(self, claims: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
        """The claims with others in their place, as they will be sent."""
        final = replace_members(claims, over)
        self.deep_links.sent(final)
        return final

    def claims_of(self, intent: Intent) -> dict[str, Any]:
        """The claims of a message that was begun."""
        item = self.gradebook.find(intent.course, intent.item) if intent.course and intent.item else None
        return self.claims(
            intent.course, intent.person, intent.message, intent.placement, tool=intent.tool, about=intent.about,
            item=item,
        )  # fmt: skip

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        """Sign claims with the current key; see `SigningKeys.sign`."""
        return self.keys.sign(claims, headers)

    def find_course(self, course: Course | str | None) -> Course | None:
        """The course itself or by key; KeyError when unknown."""
        return self.world.courses[course] if isinstance(course, str) else course

    def copy_course(self, course: Course | str, title: str | None = None, key: str | None = None) -> Course:
        """Begin a course anew as schools do each term: with the links, the staff and the columns of an older one, and
        no learners. Links and context get ids of their own, and tools that want to hear of it are told.
        """
        old = self.world.courses[course] if isinstance(course, str) else course
        key = key or f"{old.key}-{len(self.world.courses)}"
        new = self.world.copy_course(old.key, key, title or f"{old.title}, next term")
        links = {place.link_id: new.placements[place.key].link_id for place in old.placements.values()}
        self.gradebook.copy_items(old.key, new.key, links)
        told = {"context": self._claims.context(new), "origin_contexts": [old.context_id]}
        for tool in self.tools.active():
            self.notices.send(tool, words.COPY_NOTICE, told)
        return new

    def login_request(
        self,
        course: str | None,
        person: str,
        placement: str | None = None,
        document_target: str = "iframe",
        message: str = messages.RESOURCE_LINK,
        *,
        tool: str | None = None,
        about: str | None = None,
        item: LineItem | None = None,
    ) -> dict[str, str]:
        """Begin a launch: the parameters to send to the tool's login address, with a fresh hint. See `claims`."""
        item_id = item.id if item is not None else None
        return self.begin(Intent(course, person, placement, document_target, message, tool, about, item_id))

    def begin(self, intent: Intent) -> dict[str, str]:
        """The parameters of the login request that begins this."""
        tool = self.tool_of(intent)
        parameters: dict[str, str | None] = {
            "iss": self.settings.url,
            "login_hint": self.world.people[intent.person].sub,
            "lti_message_hint": self.hints.issue(intent),
            "target_link_uri": self._target(intent, tool),
            "client_id": tool.client_id,
            "lti_deployment_id": tool.deployment_id,
        }
        parameters |= self.faults.login_parameters
        return {name: value for name, value in parameters.items() if value is not None}

    def registration_start(self, address: str) -> str:
        """A tool's registration address with all that this platform adds when it opens it (LTI Registration, 3.3)."""
        asked = {"openid_configuration": self.settings.configuration_url}
        if not self.faults.registration.without_token:
            asked["registration_token"] = self.registrations.tokens.issue()
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    def tool_of(self, intent: Intent) -> InstalledTool:
        """The tool that an intent is for; KeyError when it is not installed."""
        return self._tool(intent.tool, self._link_of(intent))

    def _link_of(self, intent: Intent) -> Placement | None:
        return self._placement(self.find_course(intent.course), intent.message, intent.placement)

    def _target(self, intent: Intent, tool: InstalledTool) -> str:
        placement = self._link_of(intent)
        if placement is not None and placement.url and intent.message == messages.RESOURCE_LINK:
            return placement.url
        return tool.target_of(intent.message)

    def _person(self, person: Person | str) -> Person:
        return self.world.people[person] if isinstance(person, str) else person

    def _tool(self, tool: InstalledTool | str | None, placement: Placement | None) -> InstalledTool:
        if isinstance(tool, InstalledTool):
            return tool
        client_id = tool or (placement.tool if placement is not None else None)
        found = self.tools.find(client_id) if client_id else self.tools.first
        if found is None:
            raise KeyError(client_id)
        return found

    def _placement(
        self, course: Course | None, message: str, link: Placement | str | None, item: LineItem | None = None
    ) -> Placement | None:
        """The link that a message comes from, where it comes from one."""
        if message == messages.SUBMISSION_REVIEW and course is not None and link is None:
            link_id = item.members.get("resourceLinkId") if item is not None else None
            return course.placement_of_link(link_id) if link_id else None
        if message not in (messages.RESOURCE_LINK, messages.SUBMISSION_REVIEW):
            return None
        if not isinstance(link, str | None):
            return link
        return course.placements[link or "menu"] if course is not None else self.world.site_links[link or "account"]


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


def tool_or_404(client_id: str | None) -> InstalledTool:
    """The active tool of a page address (None: the one from the start), or the page 404."""
    tools = this_platform().tools
    tool = tools.find(client_id) if client_id else tools.first
    return tool if tool is not None and tool.is_active else abort(404, "There is no such tool.")
