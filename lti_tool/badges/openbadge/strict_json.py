"""JSON from strangers: bounded, and without what two readers understand in two ways.

A name that stands twice, a number that is none, half a letter: each lets one program see another badge than the one
that was checked.
"""

import json
import math
import re
from typing import Any

from lti_tool.words import to_say

MAX_DEPTH = 32
MAX_DIGITS = 30
MAX_PARTS = 100_000

_HALF_A_LETTER = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """The text is no JSON that can be trusted to mean one thing. The text of the error says why."""


def parse_object(text: str | bytes, *, longest: int) -> dict[str, Any]:
    """The one object that a document is. Raises JsonError. `longest` is in characters, or bytes."""
    if len(text) > longest:
        raise JsonError(to_say("it is too long"))
    try:
        written = text.decode("utf-8") if isinstance(text, bytes) else text
        # Before any of them is made: a megabyte can hold half a million, which take half a second and fifty megabytes.
        if sum(map(written.count, ",[{")) > MAX_PARTS:
            raise JsonError(to_say("it has more parts than any badge"))
        found = json.loads(
            written, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_whole, parse_float=_finite
        )
    except JsonError:
        raise
    except (ValueError, RecursionError) as error:
        raise JsonError(to_say("it is no JSON")) from error
    if not isinstance(found, dict):
        raise JsonError(to_say("it is no JSON object"))
    _look_through(found)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise JsonError(to_say("a name stands twice in one object"))
    return found


def _no_number(_word: str) -> Any:
    raise JsonError(to_say("it has a number that is none"))


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise JsonError(to_say("it has a number that is too long"))
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise JsonError(to_say("it has a number that is none"))
    return number


def _look_through(found: dict[str, Any]) -> None:
    waiting: list[tuple[Any, int]] = [(found, 1)]
    while waiting:
        one, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise JsonError(to_say("it is nested too deeply"))
        if isinstance(one, dict):
            waiting += ((part, depth + 1) for pair in one.items() for part in pair)
        elif isinstance(one, list):
            waiting += ((part, depth + 1) for part in one)
        elif isinstance(one, str) and not one.isascii() and _HALF_A_LETTER.search(one):
            raise JsonError(to_say("it has half a letter"))
