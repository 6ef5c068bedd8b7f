"""A teacher who picks: a deep linking request of the sandbox, and answers to it that are right but for one thing."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

import jwt
import requests

from lti_tool.sandbox import vocabulary as words
from tests.sandbox.installation import Installation

D = words.DEEP_LINKING_CLAIM


@dataclass(frozen=True)
class Pick:
    """A request that the tool has received, and what it answers."""

    lms: Installation
    asked: dict[str, Any]

    @property
    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self.asked[f"{D}deep_linking_settings"]
        return settings

    def link(self, **members: Any) -> dict[str, Any]:
        item = {"type": "ltiResourceLink", "url": f"{self.lms.tool.url}/lti/launch", "title": "Week 1"}
        return {name: value for name, value in (item | members).items() if value is not ...}

    def claims(self, *items: dict[str, Any], **over: Any) -> dict[str, Any]:
        """A right answer with these items; `over` by the last word of a claim's name, `...` leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.asked["aud"], "aud": self.asked["iss"], "iat": now, "exp": now + 300,
            "nonce": secrets.token_urlsafe(12),
            f"{words.CLAIM}message_type": "LtiDeepLinkingResponse", f"{words.CLAIM}version": "1.3.0",
            f"{words.CLAIM}deployment_id": self.asked[f"{words.CLAIM}deployment_id"],
            f"{D}content_items": list(items),
        }  # fmt: skip
        if "data" in self.settings:
            claims[f"{D}data"] = self.settings["data"]
        core = {"message_type", "version", "deployment_id"}
        mine = {"content_items", "data", "msg", "log", "errormsg"}
        named = {words.CLAIM + n if n in core else D + n if n in mine else n: value for n, value in over.items()}
        return {name: value for name, value in (claims | named).items() if value is not ...}

    def sign(self, claims: dict[str, Any], headers: dict[str, Any] | None = None) -> str:
        tool = self.lms.tool
        return jwt.encode(claims, tool.private, algorithm="RS256", headers={"kid": tool.kid, **(headers or {})})

    def send(self, token: str) -> requests.Response:
        return requests.post(self.settings["deep_link_return_url"], data={"JWT": token}, timeout=10)

    def answer(self, *items: dict[str, Any], **over: Any) -> requests.Response:
        return self.send(self.sign(self.claims(*items, **over)))


def pick(lms: Installation, person: str = "helena", **settings: Any) -> Pick:
    """Ask the tool for content of Biology 101, with these settings in the place of the usual ones."""
    lms.platform.faults.deep_link_settings = settings
    return Pick(lms, lms.platform.claims("biology", person, message="LtiDeepLinkingRequest"))
