"""The history of a context or a link, as its custom parameter says it. Pure. (LTI 1.3 core, appendix D.)

`$Context.id.history` and `$ResourceLink.id.history` are lists with commas, each id URL-encoded, the most recent copy
first. Not every platform encodes, so an id that reads differently counts in both spellings.
"""

from urllib.parse import unquote

from lti_tool.launch.claim_shapes import ID_LENGTH, can_be_kept

CONTEXT, LINK = "context_history", "link_history"
MOST = 50
_READ = MOST * (3 * ID_LENGTH + 1)  # characters; what is encoded is up to three times as long


def read_history(said: object) -> tuple[str, ...]:
    """The ids, the nearest first, at most 50. A variable that the platform did not resolve names none."""
    if not isinstance(said, str) or said.startswith("$"):
        return ()
    parts = said[:_READ].split(",", MOST)[:MOST]
    spelled = (one for part in parts for one in (unquote(part.strip()), part.strip()))
    return tuple(dict.fromkeys(one for one in spelled if 0 < len(one) <= ID_LENGTH and can_be_kept(one)))


def without(history: tuple[str, ...], own: str) -> tuple[str, ...]:
    """Nothing is a copy of itself, whatever its platform says."""
    return tuple(one for one in history if one != own)
