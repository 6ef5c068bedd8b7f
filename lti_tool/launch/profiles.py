"""What differs between LMSs is data: one TOML file each in `config/platforms/`, over the defaults of this class."""

import tomllib
from dataclasses import dataclass
from functools import cache

from lti_tool import places


@dataclass(frozen=True)
class Profile:
    """One kind of LMS. `families` are the product family codes that launches name it by."""

    families: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    roster_page_size: int | None = None


@cache
def _profiles() -> dict[str, Profile]:
    found: dict[str, Profile] = {}
    for path in sorted((places.CONFIG / "platforms").glob("*.toml")):
        said = tomllib.loads(path.read_text())
        profile = Profile(
            families=tuple(said["families"]),
            frame_ancestors=tuple(said.get("frame_ancestors", ())),
            roster_page_size=said.get("roster_page_size"),
        )
        found.update(dict.fromkeys((family.lower() for family in profile.families), profile))
    return found


def profile_named(family: str) -> Profile:
    """The profile of a product family code; the defaults for one that nobody described."""
    return _profiles().get(family.lower(), Profile())


def is_described(family: str) -> bool:
    """Is there a profile of its own for this product family code?"""
    return family.lower() in _profiles()
