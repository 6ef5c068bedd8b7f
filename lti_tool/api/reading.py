"""What a program sent, read strictly: what is unclear is refused in a sentence that names the field.

JSON parsers disagree about a name that occurs twice, about numbers without bounds and about halves of characters
(RFC 8259, sections 4, 6 and 8.2). Nothing of that is guessed here.
"""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from lti_tool.people.names import clean_text

MOST_NESTED = 16
_SHOWN_NAME = 60


class Unreadable(ValueError):  # noqa: N818 - it is an answer to whoever wrote the program
    """Why the request was not understood, in a sentence for people."""


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`. Raises `Unreadable`."""
    try:
        said = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_each_name_once, parse_constant=_no_number, parse_float=_finite
        )
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8.") from None
    except RecursionError:
        raise Unreadable("The body is nested too deeply.") from None
    except Unreadable:
        raise
    except ValueError as wrong:  # also a number of thousands of digits
        where = f" at line {wrong.lineno}, column {wrong.colno}" if isinstance(wrong, json.JSONDecodeError) else ""
        raise Unreadable(f"The body is not JSON{where}.") from None
    if not isinstance(said, dict):
        raise Unreadable("The body must be a JSON object.")
    check_words(said)
    return said


def check_words(value: Any, path: str = "", depth: int = 1) -> None:
    """No text may hold what a database or UTF-8 cannot; nothing may be nested without end. Raises `Unreadable`."""
    if depth > MOST_NESTED:
        raise Unreadable("The body is nested too deeply.")
    match value:
        case str():
            if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
                raise Unreadable(f"{quoted(path)} holds a character that no text may hold.")
        case Mapping():
            for name, inner in value.items():
                check_words(name, "a name", depth)
                check_words(inner, f"{path}.{name}" if path else name, depth + 1)
        case list():
            for place, inner in enumerate(value):
                check_words(inner, f"{path}[{place}]", depth + 1)


def sentence(location: Iterable[str | int], kind: str, said: str) -> str:
    """What is wrong with a field, from what pydantic says of it."""
    field = quoted(path_of(location))
    match kind:
        case "missing":
            return f"{field} is missing."
        case "extra_forbidden":
            return f"{field} is not a field of this request."
        case "string_pattern_mismatch":
            return f"{field} does not have the form that is described for it."
        case _:
            words = said.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
            return f"{field} {words[:1].lower()}{words[1:]}."


def path_of(location: Iterable[str | int]) -> str:
    """`items[3].recipient`"""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def quoted(path: str) -> str:
    return f'"{clean_text(path, _SHOWN_NAME)}"' if clean_text(path) else "The body"


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Unreadable(f"{quoted(name)} occurs twice.")
        found[name] = value
    return found


def _no_number(word: str) -> float:
    raise Unreadable(f"{word} is not a number that JSON knows.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise Unreadable("A number in the body is too large.")
    return number
