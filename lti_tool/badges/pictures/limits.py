"""How much of a picture is looked at, before anything of it is expanded. An operator may allow less or more."""

from dataclasses import dataclass

from lti_tool.badges.openbadge.svg import MAX_DEPTH, MAX_NODES


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, pixels as its header declares them, and the elements and nesting of a drawing."""

    bytes: int = 2 * 1024 * 1024
    pixels: int = 10_000_000
    elements: int = MAX_NODES
    depth: int = MAX_DEPTH


USUAL = Limits()
