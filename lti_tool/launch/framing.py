"""Who may frame a visit: the origins that its signed launch names, those of the registration, and the kind of LMS's."""

from functools import lru_cache

from lti_tool.launch.claims import Launch
from lti_tool.launch.deep_linking.request import origin_of
from lti_tool.launch.platforms import RegistrationFacts
from lti_tool.launch.profiles import profile_named

ANY_SECURE = "https:"  # where nobody names an origin


def frame_ancestors_of(launch: Launch, registration: RegistrationFacts) -> list[str]:
    """Sources for the `frame-ancestors` of this visit's pages."""
    profile = profile_named(launch.platform_family)
    picking = launch.picking.return_url if launch.picking else None
    host = launch.custom.get(profile.host_variable or "")
    named = (
        launch.return_url, picking, launch.platform_url, f"https://{host}" if host else None,
        registration.issuer, registration.auth_url,
    )  # fmt: skip
    origins = {_origin(url) for url in named if url} - {""}
    return sorted(origins | set(profile.frame_ancestors)) or [ANY_SECURE]


_origin = lru_cache(maxsize=1024)(origin_of)
