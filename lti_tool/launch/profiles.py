"""What differs between LMSs is data: one TOML file each in `config/platforms/`, over those of `other.toml`.

A file that says something which nothing reads is refused when it is read.
"""

import tomllib
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from lti_tool import places

OTHER = "other"
_JOINED = ("custom", "labels")  # tables that a file adds to; whatever else it names takes the place of the default


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WantedMessage(_Data):
    """A message that the LMS may send us, and where in the LMS it starts. `also` holds an LMS's own keys."""

    type: str
    label: str
    placements: tuple[str, ...] = ()
    only_if_offered: bool = False
    also: dict[str, str | bool] = {}


class Addresses(_Data):
    """Where such an LMS usually has what a registration by hand asks for."""

    issuer: str
    auth_url: str
    token_url: str
    jwks_url: str


class Profile(_Data):
    """One kind of LMS.

    `families` are the product family codes that launches and configurations name it by. Hosts under its `domains`
    count as one site, and may frame us beyond what a launch names; `host_variable` is the custom parameter that names
    the very host. `roster_tells_sections`: a roster that is asked for the course as a link fills custom variables of
    everybody. `tool`, `scopes`, `claims`, `custom` and `messages` are what we register, `labels` how its own forms
    call our addresses, `addresses` where its own lie. `score` goes with every score, under the LMS's own names;
    `score_comments` says whether a comment does no harm there, `score_times` whether it takes when work was begun and
    handed in, and `results_page_size` how many grades one answer may hold, where it takes a limit.
    """

    name: str
    families: tuple[str, ...]
    domains: tuple[str, ...] = ()
    host_variable: str | None = None
    roster_page_size: int | None = None
    roster_tells_sections: bool = False
    token_audience: str | None = None
    score: dict[str, dict[str, bool]] = {}
    score_comments: bool = True
    score_times: bool = True
    results_page_size: int | None = None
    needs_activation: bool
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    messages: tuple[WantedMessage, ...]
    tool: dict[str, str] = {}
    custom: dict[str, str]
    labels: dict[str, str]
    addresses: Addresses

    @property
    def frame_ancestors(self) -> tuple[str, ...]:
        """Origins that frame the tool beyond those that a launch names."""
        return tuple(f"https://*.{domain}" for domain in self.domains)

    def covers(self, host: str) -> bool:
        return any(host == domain or host.endswith(f".{domain}") for domain in self.domains)


@cache
def profiles() -> dict[str, Profile]:
    """Every profile by the name of its file."""
    said = {path.stem: tomllib.loads(path.read_text()) for path in (places.CONFIG / "platforms").glob("*.toml")}
    return {name: _over(said[OTHER], said[name]) for name in sorted(said)}


def profile_named(family: str) -> Profile:
    """The profile of a product family code; the defaults for one that nobody described."""
    return _families().get(family.lower()) or profiles()[OTHER]


def is_described(family: str) -> bool:
    """Is there a profile of its own for this product family code?"""
    return family.lower() in _families()


def profile_at(host: str) -> Profile | None:
    """The profile whose domains this host lies under."""
    return next((one for one in profiles().values() if one.covers(host)), None)


@cache
def _families() -> dict[str, Profile]:
    return {family.lower(): profile for profile in profiles().values() for family in profile.families}


def _over(default: dict[str, Any], said: dict[str, Any]) -> Profile:
    joined = {name: {**default[name], **said.get(name, {})} for name in _JOINED}
    return Profile.model_validate({**default, **said, **joined})
