"""What came back: read under a cap, and taken as JSON only when it is strictly that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from lti_tool.fetch.problem import FetchProblem

_Shape = TypeVar("_Shape")
_DEEPEST_JSON = 64
_PIECE = 16_384


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status. `headers` ignores case; `url` is the last one after redirects, as
    it was written: whoever compares addresses compares text.

    `cookies` are the Set-Cookie lines as they came: joined into one header nobody could take them apart again.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str = field(repr=False)
    reason: str = ""
    cookies: tuple[str, ...] = field(repr=False, default=())

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; FetchProblem `not_json` for anything else, or if two keys are equal."""
        return self._strict(dict)

    def json_array(self) -> list[Any]:
        """The body as a JSON array (AGS lists line items and results so), under the same rules."""
        return self._strict(list)

    def _strict(self, shape: type[_Shape]) -> _Shape:
        try:
            text = self.body.decode("utf-8-sig")
            value = json.loads(text, object_pairs_hook=_without_twins, parse_constant=_no_number)
            _refuse_depth(value)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, shape):
            raise FetchProblem("not_json", urlsplit(self.url).hostname or "")
        return value


def read_answer(response: requests.Response, url: str, size: int, host: str) -> Answer:
    """The whole answer; FetchProblem `too_large` as soon as it is known to have more than `size` bytes."""
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:19]) > size:
        raise FetchProblem("too_large", host)
    body = bytearray()
    for piece in response.iter_content(_PIECE):  # decoded, and never more than a piece at once
        body += piece
        if len(body) > size:
            raise FetchProblem("too_large", host)
    cookies = tuple(response.raw.headers.getlist("Set-Cookie"))
    return Answer(response.status_code, response.headers, bytes(body), url, response.reason, cookies)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("two keys are equal")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


def _refuse_depth(value: object, left: int = _DEEPEST_JSON) -> None:
    """ValueError for what is nested deeper than any honest document, before somebody recurses into it."""
    if left == 0:
        raise ValueError("nested too deep")
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in inside:
        if isinstance(child, (dict, list)):
            _refuse_depth(child, left - 1)
