"""What we ask an LMS to register: addresses, messages with their placements, scopes, claims and custom parameters.

(LTI Dynamic Registration 1.0, section 3.5.1.) What differs between LMSs is in `config/platforms/`.
"""

from typing import Any
from urllib.parse import urlsplit

from lti_tool.launch.messages import Message
from lti_tool.launch.notices.offer import SCOPE as NOTICES
from lti_tool.launch.profiles import Profile, WantedMessage, profile_named
from lti_tool.launch.registration.answer import TOOL
from lti_tool.launch.registration.configuration import PlatformConfiguration

TOOL_NAME = "Spaces for the LMS"
DESCRIPTION = "Badges, objectives and leaderboards inside your course."


def asked_of(configuration: PlatformConfiguration) -> Profile:
    """The profile of this LMS, with what it does not offer left out: some refuse what they do not know."""
    profile = profile_named(configuration.family)
    wanted = [_placed(one, configuration) for one in profile.messages if _is_offered(one, configuration)]
    scopes = tuple(one for one in profile.scopes if one != NOTICES or configuration.has_notices)
    return profile.model_copy(update={"messages": tuple(wanted), "scopes": scopes})


def registration_document(configuration: PlatformConfiguration, public_url: str) -> dict[str, Any]:
    """The JSON that is posted to the LMS. The domain carries the port: Moodle compares it so."""
    profile, launch = asked_of(configuration), f"{public_url}/lti/launch"
    return {
        "application_type": "web",
        "grant_types": ["client_credentials", "implicit"],
        "response_types": ["id_token"],
        "redirect_uris": [launch],
        "initiate_login_uri": f"{public_url}/lti/login",
        "client_name": TOOL_NAME,
        "client_uri": public_url,
        "jwks_uri": f"{public_url}/lti/jwks.json",
        "logo_uri": icon_address(public_url),
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": " ".join(profile.scopes),
        TOOL: {
            "domain": urlsplit(public_url).netloc,
            "description": DESCRIPTION,
            "target_link_uri": launch,
            "custom_parameters": dict(profile.custom),
            "claims": list(profile.claims),
            "messages": [_message(one, launch, public_url) for one in profile.messages],
            **profile.tool,
        },
    }


def icon_address(public_url: str) -> str:
    return f"{public_url}/static/icon.svg"


def _message(wanted: WantedMessage, launch: str, public_url: str) -> dict[str, Any]:
    placed = {"placements": list(wanted.placements)} if wanted.placements else {}
    return {
        "type": wanted.type,
        "target_link_uri": launch,
        "label": wanted.label,
        "icon_uri": icon_address(public_url),
        **placed,
        **wanted.also,
    }


def _is_offered(wanted: WantedMessage, configuration: PlatformConfiguration) -> bool:
    """Without resource links nothing could be opened; of the others an LMS names those that it sends, or none."""
    if wanted.type in configuration.messages or wanted.type == Message.RESOURCE_LINK:
        return True
    return not configuration.messages and not wanted.only_if_offered


def _placed(wanted: WantedMessage, configuration: PlatformConfiguration) -> WantedMessage:
    offered = configuration.messages.get(wanted.type)
    kept = tuple(one for one in wanted.placements if one in offered) if offered else wanted.placements
    return wanted.model_copy(update={"placements": kept})
