"""Deep linking requests that were sent, and what came back for each (LTI Deep Linking 2.0)."""

import secrets
import threading
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.messages import Message
from lti_tool.sandbox.tools import InstalledTool
from lti_tool.sandbox.world import Course, Person, Placement

SETTINGS = words.DEEP_LINKING_CLAIM + "deep_linking_settings"
PARAMETER = "request"
_KEPT = 2_000


@dataclass
class DeepLinkRequest:
    """One request: who picks for which course, and the settings and the deployment as they were really sent."""

    id: str
    course: Course
    person: Person
    tool: InstalledTool
    settings: dict[str, Any] = field(default_factory=dict)
    deployment_id: object = None
    is_answered: bool = False


@dataclass(frozen=True)
class DeepLinkAnswer:
    """A good response: its claims, and the links that the course has of it."""

    request: DeepLinkRequest
    claims: dict[str, Any]
    placements: list[Placement]


class DeepLinks:
    """Requests by the id in their return address. `answers` and `refusals` are what came back, oldest first."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._open: dict[str, DeepLinkRequest] = {}
        self.answers: list[DeepLinkAnswer] = []
        self.refusals: list[str] = []

    def settings(self, message: Message, over: dict[str, Any]) -> dict[str, Any]:
        """The settings of a new request, with members of `over` in their place; None drops one."""
        if message.course is None:
            raise ValueError("deep linking needs a course")
        request = DeepLinkRequest(secrets.token_urlsafe(12), message.course, message.person, message.tool)
        with self._lock:
            while len(self._open) >= _KEPT:
                del self._open[next(iter(self._open))]
            self._open[request.id] = request
        settings = {
            "deep_link_return_url": f"{self._url}/deep-link/return?{PARAMETER}={request.id}",
            "accept_types": ["ltiResourceLink"],
            "accept_presentation_document_targets": ["iframe", "window"],
            "accept_multiple": True,
            "accept_lineitem": True,
            "auto_create": False,
            "title": message.course.title,
            "text": "Pick what the course shall link to.",
            "data": f"opaque+{request.id}/%2B&=ü",
        }
        return {name: value for name, value in (settings | over).items() if value is not None}

    def sent(self, claims: dict[str, Any]) -> None:
        """Remember what a request really said, after all replacements."""
        settings = claims.get(SETTINGS)
        if isinstance(settings, dict):
            request = self.find(_id_in(settings.get("deep_link_return_url")))
            if request is not None:
                request.settings = settings
                request.deployment_id = claims.get(words.CLAIM + "deployment_id")

    def find(self, request_id: str | None) -> DeepLinkRequest | None:
        """The request behind a return address."""
        with self._lock:
            return self._open.get(request_id or "")

    def answer(self, request: DeepLinkRequest) -> bool:
        """Take the one answer of a request; False when it had one."""
        with self._lock:
            first, request.is_answered = not request.is_answered, True
            return first


def _id_in(return_url: object) -> str | None:
    if not isinstance(return_url, str):
        return None
    return parse_qs(urlsplit(return_url).query).get(PARAMETER, [None])[0]
