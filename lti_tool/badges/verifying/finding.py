"""From what somebody gave (a picture, an address, a text) to the awards that are in it. Nothing is judged here.

An address may lead to the JSON of an award, to a picture with one baked in, or to a page about it. Platforms differ in
how a page gives its JSON away: by content negotiation, by a `link` in its head, or under an address nearby.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lti_tool.badges.openbadge.baking import ASSERTION, CREDENTIAL
from lti_tool.badges.openbadge.png import SIGNATURE, PictureError
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from lti_tool.badges.sentences import Sentence, sentence_of, told
from lti_tool.badges.verifying.kinds import Kind, is_revoked_stub, kind_of
from lti_tool.badges.verifying.members import as_web
from lti_tool.badges.verifying.outside import NotReached, Outside
from lti_tool.badges.verifying.reading import Document, Unreadable, is_signed_text, read_json, read_signed_text
from lti_tool.errors import Problem
from lti_tool.fetch import Answer
from lti_tool.words import to_say

_LINKED = ("application/ld+json", "application/json", "application/vc+ld+json", "application/vc")
_PAGE_BYTES = 64 * 1024
_MOST_LINKS = 3
_LONGEST_URL = 4000


@dataclass(frozen=True)
class Given:
    """What somebody gave to be checked: `image` as bytes; `url`, `json` and `jwt` as text."""

    kind: Literal["image", "url", "json", "jwt"]
    content: bytes | str


@dataclass(frozen=True)
class Found:
    """One award as it was found. `signed` is the signed text it came in; `url` where it was, if at an address. An award
    of which only its address, or that it is revoked, is known has an empty `document`.
    """

    document: Document
    signed: str | None = None
    url: str | None = None
    revoked: bool = False

    @property
    def kind(self) -> Kind:
        return kind_of(self.document) if self.document else Kind.SECOND


def find_awards(given: Given, outside: Outside) -> list[Found]:
    """The awards in `given`: one, or two where a picture carries both versions of one award.

    Raises `Problem` badge_unreadable, badge_unreachable or badge_not_award.
    """
    try:
        if given.kind == "image":
            return _in_picture(_as_bytes(given.content), outside)
        text = _as_text(given.content).strip()
        if given.kind == "url":
            return _at(text, outside)
        return [_in_text(text)]
    except Unreadable as unclear:
        raise Problem("badge_unreadable", told(sentence_of(unclear))) from None
    except NotReached as why:
        said = told(sentence_of(why))
        raise Problem("badge_unreachable", f"{said[:1].upper()}{said[1:]}.") from None


def _in_picture(picture: bytes, outside: Outside) -> list[Found]:
    """What is baked in; the older version first."""
    try:
        baked = read_png(picture) if picture.startswith(SIGNATURE) else read_svg(picture)
    except PictureError as wrong:
        text = to_say("This is no PNG or SVG picture that can be read: %(why)s.")
        raise Unreadable(Sentence(text, why=sentence_of(wrong))) from None
    if not baked:
        raise Problem("badge_not_award", to_say("This picture shows a badge, but nobody's award is in it."))
    found: list[Found] = []
    for keyword in (ASSERTION, CREDENTIAL):
        if keyword in baked:
            text = baked[keyword].strip()
            found += _at(text, outside, picture=False) if as_web(text) else [_in_text(text)]
    return found


def _in_text(text: str) -> Found:
    return _award(read_signed_text(text)[1], text) if is_signed_text(text) else _award(read_json(text))


def _award(document: Document, signed: str | None = None, url: str | None = None) -> Found:
    if url is not None and is_revoked_stub(document):
        return Found({}, url=url, revoked=True)
    kind = kind_of(document)
    if kind is Kind.NO_AWARD:
        raise Problem("badge_not_award")
    if kind is Kind.OTHER:
        raise Unreadable(to_say("This is not an award by any version of Open Badges from 1.0 to 3.0."))
    return Found(document, signed, url)


def _at(url: str, outside: Outside, *, picture: bool = True) -> list[Found]:
    """What is found at an address; `picture`: it may be one itself."""
    if not as_web(url) or len(url) > _LONGEST_URL:
        raise Unreadable(to_say("This is no web address; it should begin with https://."))
    answer = outside.ask(url)
    found = _in_answer(answer, url, outside, picture=picture)
    for nearby in () if found else _nearby(url, answer):
        try:
            found = found or _in_answer(outside.ask(nearby), nearby, outside, picture=False)
        except (NotReached, Unreadable):
            continue
    if found:
        return found
    if answer.status not in (200, 410):
        raise NotReached(Sentence(to_say("the address answers %(status)s"), status=answer.status))
    raise Unreadable(to_say("There is no badge at this address that a program could read."))


def _in_answer(answer: Answer, url: str, outside: Outside, *, picture: bool) -> list[Found]:
    """The awards in an answer; none where it is no badge at all."""
    body = answer.body
    if answer.status not in (200, 410):
        return []
    if picture and (body.startswith(SIGNATURE) or _is_drawing(body)):
        return _in_picture(body, outside)
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return [_award(read_json(body), url=url)]
    text = body.decode("ascii", "replace").strip()
    if is_signed_text(text):
        return [_award(read_signed_text(text)[1], text, url)]
    return [Found({}, url=url, revoked=True)] if answer.status == 410 else []


def _is_drawing(body: bytes) -> bool:
    start = body[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith(b"<") and b"<svg" in start and b"<html" not in start


def _nearby(url: str, answer: Answer) -> Iterator[str]:
    """Where the JSON of a page may be; never on another host."""
    here = urlsplit(url)
    if answer.status == 200:
        yield from (link for link in _links(answer) if urlsplit(link).netloc == here.netloc)
    plain = url.partition("#")[0]
    if not here.query and not here.path.endswith((".json", "/")):
        yield f"{plain}.json"
    yield f"{plain}{'&' if here.query else '?'}v=2_0"


def _links(answer: Answer) -> list[str]:
    reader = _Head()
    with suppress(AssertionError):  # what Python 3.11 says to markup that it does not know
        reader.feed(answer.body[:_PAGE_BYTES].decode("utf-8", "replace"))
    addresses = []
    for href in reader.found[:_MOST_LINKS]:
        try:
            addresses.append(urljoin(answer.url, href))
        except ValueError:
            continue
    return [one for one in addresses if as_web(one)]


class _Head(HTMLParser):
    """The addresses that a page names as its JSON."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        is_other_form = "alternate" in re.split(r"\s+", said.get("rel", "").lower())
        if tag == "link" and is_other_form and said.get("type", "").partition(";")[0].strip() in _LINKED:
            self.found.append(said.get("href", ""))


def _as_bytes(content: bytes | str) -> bytes:
    return content if isinstance(content, bytes) else content.encode("utf-8", "replace")


def _as_text(content: bytes | str) -> str:
    return content if isinstance(content, str) else content.decode("utf-8", "replace")
