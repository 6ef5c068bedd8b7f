"""A badge of somebody else that an objective looks for: known by an award of it, which is checked first."""

from dataclasses import dataclass

from lti_tool.badges.backpack.importing import facts_found, picture_found
from lti_tool.badges.badge_of_award import badge_of_award
from lti_tool.badges.verifying.checking import Given
from lti_tool.errors import Entry, catalogue
from lti_tool.storage import storage_here

catalogue(
    {
        "foreign_badge_refused": Entry(
            422, "This badge cannot be looked for", "The award that names it does not hold.",
            "you", "Give an award of the badge that is valid: its file, or its public address. Nothing was changed.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class ForeignBadge:
    """Named as the backpack names it. `picture` lies in storage under this key; `png` is what it holds, where it was
    kept a moment ago.
    """

    badge: str
    issuer: str
    name: str
    picture: str
    png: bytes = b""


def find_badge(given: Given) -> str | ForeignBadge:
    """Which badge an award is of: the id of our class, or a badge of somebody else, its picture cleaned and kept.

    Raises `Problem` foreign_badge_refused, badge_names_unusable, and what `badge_of_award` raises.
    """
    found = badge_of_award(given, refusal="foreign_badge_refused")
    if isinstance(found, str):
        return found
    facts, png = facts_found(found), picture_found(given, found).png
    return ForeignBadge(
        facts["badge_ref"], facts["issuer_ref"], facts["badge_name"], storage_here().put(png), png
    )  # fmt: skip
