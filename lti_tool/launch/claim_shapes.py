"""The shapes that parts of a claim have: an object, a text, an identifier, an address. Pure."""

import re
from typing import Any
from urllib.parse import urlsplit

from lti_tool.errors import Problem
from lti_tool.launch.kept_words import Sentence
from lti_tool.words import to_say

ID_LENGTH = 255
URL_LENGTH = 2000
_NO_OBJECT = Sentence(to_say("The claim %(name)s is not an object."))
_STRANGE = Sentence(to_say("The claim %(name)s has characters that an identifier may not have."))
_NO_TEXT = Sentence(to_say("The claim %(name)s is not a text of 1 to %(length)s characters."))
_UNKEPT = re.compile("[\x00\ud800-\udfff]")  # what no database keeps, or looks into: NUL, and halves of characters


def object_at(claims: dict[str, Any], name: str) -> dict[str, Any]:
    """The object that the claim holds; an absent one has nothing in it. Raises `Problem` claim_malformed."""
    value = claims.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Problem("claim_malformed", _NO_OBJECT(name=name.rsplit("/", 1)[-1]))
    return value


def identifier(value: object, name: str, *, ascii_only: bool = False) -> str:
    said = text_of(value, name, ID_LENGTH)
    if not can_be_kept(said) or (ascii_only and not said.isascii()):
        raise Problem("claim_malformed", _STRANGE(name=name))
    return said


def can_be_kept(said: str) -> bool:
    return _UNKEPT.search(said) is None


def text_of(value: object, name: str, length: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= length:
        raise Problem("claim_malformed", _NO_TEXT(name=name, length=length))
    return value


def page_url(value: object) -> str | None:
    """An address that a browser may be sent to; anything else counts as absent (`javascript:` among it)."""
    if not isinstance(value, str) or len(value) > URL_LENGTH or not value.isprintable():
        return None
    try:
        parts = urlsplit(value)
        return value if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None
