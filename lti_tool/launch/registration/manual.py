"""The values that somebody types into an LMS by hand: the way out of every refusal, and a part of every guide."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app

from lti_tool.launch.profiles import OTHER, Profile, profiles
from lti_tool.launch.registration.document import TOOL_NAME, icon_address
from lti_tool.words import to_say

# What `config/platforms/other.toml` says in our own words; LMSs' own names for these fields stay as the LMS has them.
_OUR_LABELS = (
    to_say("Tool URL, or target link URI"), to_say("Login initiation URL"), to_say("Redirect URL"),
    to_say("Public key set URL"), to_say("Deep linking URL, or content selection URL"), to_say("Domain"),
    to_say("Icon"), to_say("Custom parameters"),
)  # fmt: skip


@dataclass(frozen=True)
class ManualValue:
    """One field of the LMS's form, by the name that it has there, and what goes into it."""

    name: str
    label: str
    value: str


def manual_values(profile: Profile | None = None) -> tuple[ManualValue, ...]:
    """What this installation's values are, under the names of this kind of LMS, or under the usual ones."""
    profile = profile or profiles()[OTHER]
    public_url: str = current_app.extensions["settings"].public_url
    launch = f"{public_url}/lti/launch"
    values = {
        "launch": launch,
        "login": f"{public_url}/lti/login",
        "redirect": launch,
        "keys": f"{public_url}/lti/jwks.json",
        "deep_linking": launch,
        "domain": urlsplit(public_url).netloc,
        "icon": icon_address(public_url),
        "custom": "\n".join(f"{name}={value}" for name, value in profile.custom.items()),
    }
    named = (ManualValue(name, profile.labels[name], value) for name, value in values.items())
    return (ManualValue("name", to_say("Name"), TOOL_NAME), *named)
