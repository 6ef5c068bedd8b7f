"""What happens in the workshop that others may have to hear. `wiring.py` says who does."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AwardCorrected:
    """An award was revoked, and `new` took its place, for the same recipient."""

    badge: str
    old: str
    new: str


@dataclass(frozen=True)
class HoldingChanged:
    """What `persons`, or whoever `addresses` belong to, hold of one badge may have changed: look again.

    The badge is a class of ours (`badge`), or somebody else's, named as the backpack names it (`badge_ref`). Addresses
    are in small letters. It says what to look at and never what is to be found there: several may say the same, and
    nobody is told that an award expires.
    """

    badge: str | None = None
    badge_ref: str | None = None
    persons: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.badge is None) == (self.badge_ref is None):
            raise ValueError("A badge is ours or somebody else's.")


@dataclass(frozen=True)
class PathwayChanged:
    """Its steps, or what completing it gives, are others now: whoever follows it has to look again."""

    pathway: str


@dataclass(frozen=True)
class PathwayDeleted:
    """It is about to be gone, and nobody follows it: forget what still names it."""

    pathway: str


def holding_changed(badge: str, *recipients: tuple[str | None, str | None]) -> HoldingChanged:
    """The same for recipients of a badge of ours: each is a person, an address, or both."""
    persons = {person for person, _ in recipients if person}
    addresses = {email for _, email in recipients if email}
    return HoldingChanged(badge, None, tuple(sorted(persons)), tuple(sorted(addresses)))
