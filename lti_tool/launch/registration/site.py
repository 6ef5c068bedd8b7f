"""Does an LMS register from one site? Pure.

Its issuer, its configuration and its registration address must lie together: otherwise one host could register itself
under the name of another. Two hosts lie together when they are the same, when one is the parent domain of the other,
or when a profile in `config/platforms/` counts both to one LMS (Canvas).
"""

import re
from collections.abc import Mapping
from itertools import combinations

from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.launch.profiles import profiles
from lti_tool.launch.registration.configuration import PlatformConfiguration, host_of
from lti_tool.words import to_say

_ONE_SITE = ("issuer", "configuration", "registration")
_HOSTS = Sentence(
    to_say("Issuer: %(issuer)s. Configuration: %(configuration)s. Registration: %(registration)s.")
)
_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*")  # a name of several labels, and no number


def check_one_site(configuration: PlatformConfiguration) -> None:
    """Raises `Problem` register_site, naming the hosts."""
    hosts = [host_of(configuration.endpoints[name]) for name in _ONE_SITE]
    if not all(lie_together(one, other) for one, other in combinations(hosts, 2)):
        raise Problem("register_site", _HOSTS(**dict(zip(_ONE_SITE, hosts, strict=True))))


def lie_together(one: str, other: str) -> bool:
    return one == other or _is_parent(one, other) or _is_parent(other, one) or _in_one_profile(one, other)


def other_hosts(configuration: PlatformConfiguration) -> Mapping[str, list[str]]:
    """Every host beside the issuer's that takes part, with what it is for."""
    found: dict[str, list[str]] = {}
    for use, address in configuration.endpoints.items():
        if host_of(address) != configuration.host:
            found.setdefault(host_of(address), []).append(use)
    audience = configuration.token_audience
    if audience and host_of(audience) != configuration.host:
        found.setdefault(host_of(audience), []).append("audience")
    return found


def _is_parent(parent: str, child: str) -> bool:
    return bool(_NAME.fullmatch(parent)) and child.endswith(f".{parent}")


def _in_one_profile(one: str, other: str) -> bool:
    return any(profile.covers(one) and profile.covers(other) for profile in profiles().values())
