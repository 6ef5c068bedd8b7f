"""Tools that register themselves: the tokens that let them, and how one becomes an installed tool."""

import itertools
import secrets
import threading
import time
from typing import Any

from lti_tool.sandbox import messages
from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.registration_document import RegistrationRefused
from lti_tool.sandbox.tools import PERSONAL, InstalledTool, Tools
from lti_tool.sandbox.world import Placement, World, opaque_id

TOKEN_SECONDS = 3600.0
_KEPT = 1_000

# Each message that this platform sends, with the places that it sends it from.
SUPPORTED: dict[str, tuple[str, ...]] = {
    messages.RESOURCE_LINK: ("course_navigation", "account_navigation", "user_navigation"),
    messages.DEEP_LINKING: ("ContentArea",),
    messages.SUBMISSION_REVIEW: (),
    messages.DATA_PRIVACY: (),
}


class RegistrationTokens:
    """Each lets one tool register, once, within the hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._good: dict[str, float] = {}
        self._used: set[str] = set()

    def issue(self) -> str:
        """A fresh token."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            while len(self._good) >= _KEPT:
                del self._good[next(iter(self._good))]
            self._good[token] = time.monotonic() + TOKEN_SECONDS
        return token

    def check(self, token: str) -> None:
        """Return while a token is good; RegistrationRefused otherwise."""
        with self._lock:
            if token in self._used:
                raise _unauthorized("the registration token was used already", "token_already_used")
            if time.monotonic() >= self._good.get(token, 0.0):
                raise _unauthorized("the registration token is unknown or too old", "invalid_token")

    def use(self, token: str) -> None:
        """Take a token's one registration; RegistrationRefused when somebody else was faster."""
        self.check(token)
        with self._lock:
            if self._good.pop(token, None) is None:
                raise _unauthorized("the registration token was used already", "token_already_used")
            self._used.add(token)


def _unauthorized(description: str, word: str) -> RegistrationRefused:
    return RegistrationRefused(description, word, "invalid_token", 401)


class Registrations:
    """Makes installed tools of registrations, and puts them into the courses when they are active."""

    def __init__(self, tools: Tools, world: World) -> None:
        self._tools = tools
        self._world = world
        self._deployments = itertools.count(2)
        self.tokens = RegistrationTokens()

    def install(self, document: dict[str, Any], *, is_pending: bool, granted: frozenset[str]) -> InstalledTool:
        """Install a tool from a registration that was checked. `granted` are the scopes that it may have."""
        told = document[words.TOOL_CONFIGURATION]
        tool = InstalledTool(
            client_id=f"tool-{secrets.token_hex(8)}",
            deployment_id=str(next(self._deployments)),
            name=document["client_name"],
            login_url=document["initiate_login_uri"],
            redirect_uris=tuple(document["redirect_uris"]),
            jwks_url=document["jwks_uri"],
            target_url=told["target_link_uri"],
            scopes=granted & set(document["scope"].split(" ")),
            claims=PERSONAL & set(told["claims"]),
            custom=dict(told.get("custom_parameters", {})),
            messages={one["type"]: one for one in told["messages"] if one["type"] in SUPPORTED},
            is_active=False,
        )
        self._tools.add(tool)
        if not is_pending:
            self.activate(tool)
        return tool

    def activate(self, tool: InstalledTool) -> None:
        """Let a tool in, and offer it in the menu of every course."""
        tool.is_active = True
        with self._world.lock:
            for course in self._world.courses.values():
                link_id = opaque_id("link", course.key, tool.client_id)
                place = Placement(tool.client_id, link_id, tool.name, "From the course menu", tool=tool.client_id)
                course.placements.setdefault(place.key, place)

    def remove(self, tool: InstalledTool) -> None:
        """Uninstall a tool; its links go with it."""
        self._tools.remove(tool)
        with self._world.lock:
            for course in self._world.courses.values():
                for place in [one for one in course.placements.values() if one.tool == tool.client_id]:
                    del course.placements[place.key]
