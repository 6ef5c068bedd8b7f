"""Notices: which handler each tool registered, and sending what happened there. (Platform Notification Service 1.0.)

A notice is sent once; whether it arrived is only written down.
"""

import json
import secrets
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from lti_tool.sandbox import vocabulary as words
from lti_tool.sandbox.faults import Faults
from lti_tool.sandbox.keys import SigningKey, SigningKeys
from lti_tool.sandbox.settings import SandboxSettings
from lti_tool.sandbox.tools import InstalledTool

KINDS = (words.HELLO_NOTICE, words.COPY_NOTICE)
_SECONDS = 3600
_PATIENCE = 10.0


@dataclass(frozen=True)
class Sent:
    """One request with notices: what the tool answered; status 0 where it could not be reached."""

    kind: str
    handler: str
    jwt: str
    status: int
    answer: str


def service_address(tool: InstalledTool, settings: SandboxSettings) -> str:
    return f"{settings.url}/notice-handlers/{tool.deployment_id}"


def claim_of(tool: InstalledTool, settings: SandboxSettings, faults: Faults) -> dict[str, Any]:
    """What every message says of the service, where the tool may use it."""
    if faults.notices.without or words.NOTICES_SCOPE not in tool.scopes:
        return {}
    return {
        words.NOTICES_CLAIM: {
            "service_versions": ["1.0"],
            "platform_notification_service_url": service_address(tool, settings),
            "scope": [words.NOTICES_SCOPE],
            "notice_types_supported": ["LtiAssetProcessorSubmissionNotice", *KINDS],
        }
    }


class Notices:
    """The handlers of every tool, and what was sent to them, oldest first (`sent`)."""

    def __init__(self, settings: SandboxSettings, keys: SigningKeys, faults: Faults) -> None:
        self._settings, self._keys, self._faults = settings, keys, faults
        self._lock = threading.Lock()
        self._handlers: dict[tuple[str, str], str] = {}
        self.sent: list[Sent] = []

    def handler(self, tool: InstalledTool, kind: str) -> str:
        """The address that this tool registered; empty for none."""
        with self._lock:
            return self._handlers.get((tool.client_id, kind), "")

    def register(self, tool: InstalledTool, kind: str, handler: str) -> None:
        """One handler for each kind; an empty one removes it."""
        with self._lock:
            if not self._faults.notices.forgets:
                self._handlers[tool.client_id, kind] = handler

    def send(self, tool: InstalledTool, kind: str, told: dict[str, Any] | None = None) -> None:
        """Tell the tool, if it wants to hear. `told` are the claims that this kind carries beside those of all."""
        handler = self.handler(tool, kind)
        if not handler:
            return
        jwt = self.sign(self.claims(tool, kind, told))
        for _ in range(1 + self._faults.notices.repeated):
            self.post(handler, [jwt], kind)

    def claims(self, tool: InstalledTool, kind: str, told: dict[str, Any] | None = None) -> dict[str, Any]:
        """The claims of one notice. `told` and the faults' `claims` are named by their full name, or the last word."""
        now = int(time.time() + self._faults.clock_skew) - self._faults.notices.late
        core: dict[str, Any] = {
            "version": "1.3.0",
            "deployment_id": tool.deployment_id,
            "notice": {
                "id": str(uuid.uuid4()), "timestamp": datetime.fromtimestamp(now, UTC).isoformat(), "type": kind,
            },
            **(told or {}),
        }  # fmt: skip
        claims = {
            "iss": self._settings.url, "aud": tool.client_id, "azp": tool.client_id, "iat": now, "exp": now + _SECONDS,
            "nonce": secrets.token_urlsafe(16), **{words.CLAIM + name: value for name, value in core.items()},
        }  # fmt: skip
        claims |= {
            name if name in claims else words.CLAIM + name: value for name, value in self._faults.notices.claims.items()
        }
        return {name: value for name, value in claims.items() if value is not None}

    def sign(self, claims: dict[str, Any]) -> str:
        """With the platform's key, or a forged one that calls itself by the same name."""
        if not self._faults.notices.forged:
            return self._keys.sign(claims)
        return SigningKey(self._keys.current.kid).sign(claims)

    def post(self, handler: str, jwts: list[str], kind: str = "") -> Sent:
        """One request with these notices, never tried again."""
        document = {"notices": [{"jwt": jwt} for jwt in jwts]}
        body = self._faults.notices.broken or json.dumps(document).encode()
        try:
            answer = requests.post(handler, data=body, headers={"Content-Type": "application/json"}, timeout=_PATIENCE)
        except requests.RequestException as fault:
            sent = Sent(kind, handler, jwts[0], 0, type(fault).__name__)
        else:
            sent = Sent(kind, handler, jwts[0], answer.status_code, answer.text)
        with self._lock:
            self.sent.append(sent)
        return sent
