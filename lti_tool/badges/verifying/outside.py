"""What one check may ask of the outside: so many requests, so many bytes, so many seconds, so much work for what was
answered, and never ourselves.

Our own public addresses are answered by the pages that answer the world, called in place: a request to ourselves could
wait for ourselves (decision 12). Nothing else below our own address is a badge.
"""

import time
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException

from lti_tool.errors import Problem
from lti_tool.fetch import Answer, Fetcher, FetchProblem, Limits
from lti_tool.settings import Settings
from lti_tool.words import to_say

JSON = (
    "application/ld+json, application/vc+ld+json, application/vc;q=0.9, application/json;q=0.9, "
    "application/vc+jwt;q=0.7, image/png;q=0.6, image/svg+xml;q=0.6, text/plain;q=0.5, */*;q=0.1"
)
PICTURE = "image/png, image/svg+xml;q=0.9, */*;q=0.1"
_PER_ANSWER = 5.0
_MOST_WORK = 3.0
_AWAY = frozenset({408, 425, 429, *range(500, 600)})
_PORTS = {"http": ":80", "https": ":443"}

_SENTENCES = {
    "refused_address": to_say("the address may not be reached from here: it must be public and begin with https"),
    "too_slow": to_say("the answer takes too long"),
    "too_large": to_say("the answer is larger than a badge can be"),
    "redirected": to_say("the address leads on to others too often"),
    "bad_tls": to_say("the certificate of the server cannot be trusted"),
    "bad_url": to_say("that is no web address"),
}


class NotReached(Exception):  # noqa: N818 - it is one of the things that are found out
    """Why there is no answer, as the rest of a sentence that names what was looked for."""


class Outside:
    """One for each check. The same address is asked once. `silent`: one did not answer now, and may another time."""

    def __init__(self, settings: Settings, fetcher: Fetcher) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._left = settings.verify_requests
        self._until = time.monotonic() + settings.verify_seconds
        self._work_ends = time.thread_time() + _MOST_WORK
        self._answers: dict[tuple[str, str], Answer | NotReached] = {}
        self.silent = False

    def ask(self, url: str, accept: str = JSON) -> Answer:
        """What is at `url`, whatever its status. Raises `NotReached`."""
        asked = (url.partition("#")[0], accept)
        if asked not in self._answers:
            try:
                self._answers[asked] = self._answer(*asked)
            except NotReached as why:
                self._answers[asked] = why
        answer = self._answers[asked]
        if isinstance(answer, NotReached):
            raise answer
        return answer

    def own_path(self, url: str) -> str | None:
        """The path of one of our own addresses, however it is spelled; None for everybody else's."""
        plain, own = _plain(url), _plain(self._settings.public_url)
        return plain.removeprefix(own) if plain.startswith(f"{own}/") else None

    def _answer(self, url: str, accept: str) -> Answer:
        if time.thread_time() > self._work_ends:
            raise NotReached(to_say("this badge takes more work to check than any badge needs"))
        path = self.own_path(url)
        if path is not None:
            return _ourselves(current_app, url, path, accept, self._settings.verify_bytes)
        seconds = self._until - time.monotonic()
        if self._left <= 0:
            raise NotReached(to_say("this badge refers to more addresses than are looked at for one check"))
        if seconds <= 0:
            raise NotReached(to_say("the answers of this badge took too long altogether"))
        self._left -= 1
        most = self._settings.upload_bytes if accept == PICTURE else self._settings.verify_bytes
        limits = Limits(total=min(_PER_ANSWER, seconds), size=most, redirects=self._settings.verify_redirects)
        try:
            answer = self._fetcher.get(url, headers={"Accept": accept}, limits=limits)
            self.silent |= answer.status in _AWAY
            return answer
        except FetchProblem as problem:
            self.silent |= problem.kind in ("unreachable", "too_slow", "bad_tls")
            raise NotReached(_SENTENCES.get(problem.kind, to_say("nothing answers there"))) from None


def _plain(url: str) -> str:
    """Scheme and host in small letters, without the usual port."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    scheme, place = parts.scheme.lower(), parts.netloc.lower()
    return urlunsplit((scheme, place.removesuffix(_PORTS.get(scheme, " ")), parts.path, parts.query, ""))


def _ourselves(app: Flask, url: str, path: str, accept: str, most: int) -> Answer:
    """What our public page at `path` answers to everybody; of a list that has no end only its beginning is made."""
    if path.startswith("//"):  # whoever takes that apart finds a host in it
        raise NotReached(to_say("there is no badge at this address of ours"))
    with app.test_request_context(path, headers={"Accept": accept}):
        if request.blueprint != "public":
            raise NotReached(to_say("there is no badge at this address of ours"))
        try:
            response = app.make_response(app.dispatch_request())
        except Problem as problem:
            return Answer(problem.status, {}, b"", url)
        except HTTPException as refused:
            return Answer(refused.code or 404, {}, b"", url)
        with response:
            body = _whole(response, most)
        return Answer(response.status_code, dict(response.headers), body, url)


def _whole(response: Response, most: int) -> bytes:
    if not response.is_streamed:
        return response.get_data()
    body = bytearray()
    for piece in response.iter_encoded():
        body += piece
        if len(body) > most:
            raise NotReached(_SENTENCES["too_large"])
    return bytes(body)
