"""The tools that are installed: the one the sandbox starts with, and those that registered themselves."""

import threading
from dataclasses import dataclass, field
from typing import Any

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.addresses import origin_of
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.tool_keys import ToolKeys

# Shared with the tool that the sandbox starts with; others are told what they asked for.
PERSONAL = frozenset({"name", "given_name", "family_name", "email"})
ASKED = {
    "course_end": "$CourseSection.timeFrame.end",
    "context_history": "$Context.id.history",
    "link_history": "$ResourceLink.id.history",
}


@dataclass
class InstalledTool:
    """A tool as this platform knows it.

    `redirect_uris` are the only addresses that an id_token is posted to; the first is where links lead that name no
    other place. `claims` are the personal claims it is told, `custom` its custom parameters, with variables in them.
    """

    client_id: str
    deployment_id: str
    name: str
    login_url: str
    redirect_uris: tuple[str, ...]
    jwks_url: str
    target_url: str
    scopes: frozenset[str] = frozenset(words.ALL_SCOPES)
    claims: frozenset[str] = PERSONAL
    custom: dict[str, str] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_active: bool = True

    def __post_init__(self) -> None:
        self.keys = ToolKeys(self.jwks_url)

    @property
    def origins(self) -> set[str]:
        """Every origin that our forms post to for this tool, or our frames show."""
        return {origin_of(url) for url in (self.login_url, self.target_url, *self.redirect_uris)}

    @property
    def origin(self) -> str:
        """The origin that its pages have."""
        return origin_of(self.target_url)

    def asked_for(self, message: str) -> dict[str, str]:
        """The custom parameters that this tool wants with a message."""
        asked: dict[str, str] = self.messages.get(message, {}).get("custom_parameters", {})
        return asked

    def target_of(self, message: str) -> str:
        """Where this tool wants a message sent to."""
        return str(self.messages.get(message, {}).get("target_link_uri") or self.target_url)


def first_tool(settings: SandboxSettings) -> InstalledTool:
    """The tool that is installed from the start, by hand."""
    return InstalledTool(
        client_id=settings.client_id,
        deployment_id=settings.deployment_id,
        name="Spaces",
        login_url=settings.tool_login_url,
        redirect_uris=(settings.tool_launch_url,),
        jwks_url=settings.tool_jwks_url,
        target_url=settings.tool_launch_url,
        custom=dict(ASKED),
    )


class Tools:
    """All installed tools by client id; `first` is the one from the start."""

    def __init__(self, first: InstalledTool) -> None:
        self._lock = threading.Lock()
        self._tools = {first.client_id: first}
        self.first = first

    def add(self, tool: InstalledTool) -> None:
        """Install a tool."""
        with self._lock:
            self._tools[tool.client_id] = tool

    def remove(self, tool: InstalledTool) -> None:
        """Uninstall a tool."""
        with self._lock:
            self._tools.pop(tool.client_id, None)

    def find(self, client_id: object) -> InstalledTool | None:
        """The tool with this client id."""
        with self._lock:
            return self._tools.get(client_id) if isinstance(client_id, str) else None

    def listed(self) -> list[InstalledTool]:
        """Every tool, in the order of installation."""
        with self._lock:
            return list(self._tools.values())

    def active(self) -> list[InstalledTool]:
        """Those that courses offer."""
        return [tool for tool in self.listed() if tool.is_active]
