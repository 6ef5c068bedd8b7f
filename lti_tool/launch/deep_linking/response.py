"""What goes back to the platform: the claims of a deep linking response, to the letter. Pure. (Deep Linking 2.0, 4.5.)

Nothing in it is null, and nothing that the request did not ask for: some platforms refuse the whole answer for either.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti_tool import clock
from lti_tool.launch.deep_linking.request import RESOURCE_LINK, PickSettings
from lti_tool.launch.deep_linking.view import PARAMETER, View
from lti_tool.launch.messages import C
from lti_tool.launch.two_clocks import good_by_both

D = "https://purl.imsglobal.org/spec/lti-dl/claim/"
COLUMN_TAG = "spaces:objective:v1"
LIFE = 300
# When a teacher may open somebody's evidence from the column (AGS 2.0, section 3.2.6): at the link's own address.
_REVIEWABLE = ["InProgress", "Submitted", "Completed"]
# Asks the platform for the courses and links that these are copies of: a link that is copied along finds its way.
_HISTORY = {"context_history": "$Context.id.history", "link_history": "$ResourceLink.id.history"}
_FRAME = {"width": 960, "height": 720}


@dataclass(frozen=True)
class Parties:
    """Who answers whom. `skew` is the platform's clock minus ours, in seconds."""

    client_id: str
    issuer: str
    deployment_id: str
    skew: int = 0


@dataclass(frozen=True)
class Item:
    """One link for the course. `points` are those of the column that it shall get in the gradebook, 0 for none."""

    view: View
    title: str
    text: str | None = None
    points: int = 0
    opens_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Words:
    """What is said to the person (`msg`) and to the platform's log."""

    msg: str
    log: str


def response_claims(
    parties: Parties, settings: PickSettings, items: Sequence[Item], words: Words, *, url: str, now: float
) -> dict[str, Any]:
    """The claims to sign; their times are good by the platform's clock as well as by ours."""
    begins, ends = good_by_both(now, parties.skew, seconds=LIFE)
    claims: dict[str, Any] = {
        "iss": parties.client_id,
        "aud": parties.issuer,
        "iat": begins,
        "exp": ends,
        "nonce": secrets.token_urlsafe(24),
        C + "message_type": "LtiDeepLinkingResponse",
        C + "version": "1.3.0",
        C + "deployment_id": parties.deployment_id,
        D + "content_items": [content_item(item, settings, url=url) for item in items],
        D + "msg": words.msg,
        D + "log": words.log,
    }
    if settings.data is not None:
        claims[D + "data"] = settings.data
    return claims


def content_item(item: Item, settings: PickSettings, *, url: str) -> dict[str, Any]:
    """One `ltiResourceLink`: every one of ours leads to the launch address and names its view."""
    said: dict[str, Any] = {
        "type": RESOURCE_LINK,
        "url": url,
        "title": item.title,
        "custom": {PARAMETER: str(item.view), **_HISTORY},
        **_presentation(settings),
    }
    if item.text:
        said["text"] = item.text
    if item.points > 0 and settings.line_items:
        said["lineItem"] = {
            "label": item.title, "scoreMaximum": item.points, "resourceId": item.view.ref, "tag": COLUMN_TAG,
            "submissionReview": {"reviewableStatus": _REVIEWABLE},
        }  # fmt: skip
    if item.opens_at:
        said["available"] = {"startDateTime": clock.iso(item.opens_at)}
    if item.due_at:
        said["submission"] = {"endDateTime": clock.iso(item.due_at)}
    return said


def _presentation(settings: PickSettings) -> dict[str, Any]:
    """A frame where the platform takes one; a window of its own only where that is all it takes."""
    if "iframe" in settings.targets:
        return {"iframe": _FRAME}
    return {"window": {"targetName": "_blank"}} if "window" in settings.targets else {}
