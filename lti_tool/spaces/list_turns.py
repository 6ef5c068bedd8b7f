"""Which page of a list of members the address asks for.

`?q=` searches, `?show=waiting` keeps those who have not started, `?after=` and `?before=` turn the page.
"""

from typing import Any

from flask import request

from lti_tool.people.names import clean_text
from lti_tool.spaces.member_reads import SEARCH_LENGTH, Turn


def turn_asked() -> Turn:
    asked = request.values  # a button inside the list posts its page along, to come back to it
    search = clean_text(asked.get("q"), SEARCH_LENGTH) or ""
    return Turn(asked.get("after"), asked.get("before"), search, asked.get("show") == "waiting")


def turn_words(turn: Turn) -> dict[str, Any]:
    """The same turn as words for an address, without the empty ones."""
    words = {"q": turn.search, "after": turn.after, "before": turn.before, "show": "waiting" if turn.waiting else None}
    return {word: value for word, value in words.items() if value}
