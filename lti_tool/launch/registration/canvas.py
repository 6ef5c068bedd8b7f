"""The Canvas configuration, for a developer key that is made by URL: the same data that dynamic registration uses.

(Canvas: LTI 1.3 tool configuration in JSON.)
"""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app, jsonify
from werkzeug.wrappers import Response

from lti_tool.launch.profiles import WantedMessage, profiles
from lti_tool.launch.registration.document import DESCRIPTION, TOOL_NAME, icon_address
from lti_tool.people.access import Permission, needs

_OWN = "https://canvas.instructure.com/lti/"
_PICKER = {"selection_width": 900, "selection_height": 640}


@needs(Permission.PUBLIC)
def canvas_json() -> Response:
    response = jsonify(canvas_configuration(current_app.extensions["settings"].public_url))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def canvas_configuration(public_url: str) -> dict[str, Any]:
    profile, launch = profiles()["canvas"], f"{public_url}/lti/launch"
    icon = icon_address(public_url)
    placements = [
        _placement(placement, message, launch, icon) for message in profile.messages for placement in message.placements
    ]
    settings = {"text": profile.messages[0].label, "icon_url": icon, "placements": placements}
    extension = {
        "platform": "canvas.instructure.com",
        "domain": urlsplit(public_url).netloc,
        "tool_id": profile.tool[f"{_OWN}tool_id"],
        "privacy_level": profile.tool[f"{_OWN}privacy_level"],
        "settings": settings,
    }
    return {
        "title": TOOL_NAME,
        "description": DESCRIPTION,
        "oidc_initiation_url": f"{public_url}/lti/login",
        "target_link_uri": launch,
        "scopes": list(profile.scopes),
        "public_jwk_url": f"{public_url}/lti/jwks.json",
        "custom_fields": dict(profile.custom),
        "extensions": [extension],
    }


def _placement(placement: str, message: WantedMessage, launch: str, icon: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "placement": placement,
        "message_type": message.type,
        "target_link_uri": launch,
        "text": message.label,
        "icon_url": icon,
        "enabled": True,
    }
    if placement == "course_navigation":  # on by default, for everybody in the course
        shown = message.also[f"{_OWN}course_navigation/default_enabled"]
        return {**found, "default": "enabled" if shown else "disabled", "visibility": message.also[f"{_OWN}visibility"]}
    return {**found, **_PICKER}
