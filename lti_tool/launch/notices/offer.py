"""What a launch says of the notification service. Pure. (Platform Notification Service 1.0; lti-rules 1.15.)"""

from dataclasses import dataclass
from typing import Any

from lti_tool.launch.claim_shapes import page_url
from lti_tool.launch.messages import C

CLAIM = C + "platformnotificationservice"
SCOPE = "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"
HELLO, COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"
TAKEN = (HELLO, COPY)
_MOST = 50


@dataclass(frozen=True)
class NoticeOffer:
    """Where handlers are registered, and which of the notices that we take the platform has."""

    url: str
    types: tuple[str, ...]


def read_offer(claims: dict[str, Any]) -> NoticeOffer | None:
    """None where the platform offers nothing that we take: also for a claim that cannot be read, since a launch is
    worth more than its notices.
    """
    said = claims.get(CLAIM)
    if not isinstance(said, dict):
        return None
    url, scopes = page_url(said.get("platform_notification_service_url")), _texts(said.get("scope"))
    offered = _texts(said.get("notice_types_supported"))
    types = tuple(one for one in TAKEN if one in offered)
    return NoticeOffer(url, types) if url and types and SCOPE in scopes else None


def _texts(said: object) -> set[str]:
    return {one for one in said[:_MOST] if isinstance(one, str)} if isinstance(said, list) else set()
