"""Which page of a list of members the address asks for: `?q=` to search, `?after=` and `?before=` to turn the page."""

from typing import Any

from flask import request

from lti_tool.people.names import clean_text
from lti_tool.spaces.member_reads import SEARCH_LENGTH, Turn


def turn_asked() -> Turn:
    asked = request.values  # a button inside the list posts its page along, to come back to it
    return Turn(asked.get("after"), asked.get("before"), clean_text(asked.get("q"), SEARCH_LENGTH) or "")


def turn_words(turn: Turn) -> dict[str, Any]:
    """The same turn as words for an address, without the empty ones."""
    words = {"q": turn.search, "after": turn.after, "before": turn.before}
    return {word: value for word, value in words.items() if value}
