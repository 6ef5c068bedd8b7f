"""Whether words mean what the standard says: a context of somebody's own may give any word another meaning. Pure."""

from functools import cache

from lti_tool.badges.openbadge.contexts import load_context
from lti_tool.badges.verifying.members import many
from lti_tool.badges.verifying.reading import Document
from lti_tool.words import to_say

_SECOND = "https://w3id.org/openbadges/v2"
_FIRST = {"https://w3id.org/openbadges/v1", "https://openbadgespec.org/v1", "http://openbadgespec.org/v1"}
_EXTENSION = "Extension"


def context_fault(document: Document, *, first: bool = False) -> str:
    """What is wrong with the contexts of a document of Open Badges 1 or 2; empty when nothing is.

    A part that is an extension describes itself by a context of its own, and nothing of it is read here.
    """
    said = many(document.get("@context"))
    named = {one for one in said if isinstance(one, str)}
    standard = _FIRST | {_SECOND} if first else {_SECOND}
    if not named & standard and not (first and not said):
        return to_say("The badge does not name the context of Open Badges, so its words could mean anything.")
    if named - standard:
        return to_say("The badge names a context that is not of the standard and could give its words another meaning.")
    if any(not _adds_only(one) for one in said if not isinstance(one, str)):
        return to_say("The badge gives words of the standard another meaning.")
    if any(_redefines(value) for name, value in document.items() if name != "@context"):
        return to_say("A part of the badge gives words of the standard another meaning.")
    return ""


def _adds_only(context: object) -> bool:
    """Whether a context that is written out defines nothing but words that the standard does not know."""
    return isinstance(context, dict) and not any(name.startswith("@") or name in _words() for name in context)


def _redefines(part: object) -> bool:
    waiting = [part]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting += here
        elif isinstance(here, dict):
            own = here.get("@context")
            if own is not None and any(one != _SECOND for one in many(own)):
                if not _is_extension(here):
                    return True
                continue
            waiting += here.values()
    return False


def _is_extension(part: Document) -> bool:
    types = [one for one in many(part.get("type")) if isinstance(one, str)]
    return any(one == _EXTENSION or one.startswith("extensions:") for one in types)


@cache
def _words() -> frozenset[str]:
    return frozenset(load_context(_SECOND)["document"]["@context"])
