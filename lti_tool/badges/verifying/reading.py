"""JSON of strangers, read strictly: what two readers could take for two things is refused in a sentence. Pure."""

import re

from lti_tool.badges.openbadge.strict_json import JsonError, parse_object
from lti_tool.badges.openbadge.vc_jwt import JwtError, read_jwt
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.verdict import Document
from lti_tool.words import to_say

MOST_BYTES = 1024 * 1024
MOST_VALUES = 20_000
_COMPACT = re.compile(r"ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")

__all__ = ["Document", "Unreadable", "is_signed_text", "read_json", "read_signed_text"]


class Unreadable(ValueError):  # noqa: N818 - it is the answer to whoever gave the badge
    """Why something is no badge that can be judged, in a sentence for people."""


def read_json(raw: str | bytes) -> Document:
    """The JSON object in `raw`. Raises `Unreadable`, and nothing else, for whatever is there."""
    try:
        found = parse_object(raw, longest=MOST_BYTES)
    except JsonError as wrong:
        text = to_say("The JSON of the badge cannot be read: %(why)s.")
        raise Unreadable(Sentence(text, why=sentence_of(wrong))) from None
    return _looked_through(found)


def is_signed_text(text: str) -> bool:
    """Whether it has the form of a JSON Web Signature, which need not be a right one."""
    return _COMPACT.fullmatch(text) is not None


def read_signed_text(text: str) -> tuple[Document, Document]:
    """Header and payload, of which nothing is proven yet. Raises `Unreadable`."""
    try:
        header, payload = read_jwt(text)
    except JwtError as wrong:
        text = to_say("The signed text of the badge cannot be read: %(why)s.")
        raise Unreadable(Sentence(text, why=sentence_of(wrong))) from None
    return _looked_through(header), _looked_through(payload)


def _looked_through(found: Document) -> Document:
    """Not more parts than anybody would look at, and no sign that a database cannot keep."""
    waiting: list[object] = [found]
    seen = 0
    while waiting:
        here = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise Unreadable(to_say("The JSON of the badge has more parts than that of any badge."))
        if isinstance(here, dict):
            waiting += [*here, *here.values()]
        elif isinstance(here, list):
            waiting += here
        elif isinstance(here, str) and "\0" in here:
            raise Unreadable(to_say("The JSON of the badge holds a character that no text may hold."))
    return found
