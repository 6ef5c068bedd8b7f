"""Reading what somebody baked into a picture, by the rules of the picture's format.

Many readers look only for the bytes most bakers write and misread the rest: a language tag, compressed text,
another prefix for the same namespace. Everything here comes from strangers, so every size is bounded.
"""

import zlib

from lti_tool.badges.openbadge import png as png_frame
from lti_tool.badges.openbadge.baking import ASSERTION, CREDENTIAL, SVG_NAMESPACES
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.openbadge.strict_json import JsonError, parse_object
from lti_tool.badges.openbadge.svg import parse_svg
from lti_tool.words import to_say

MAX_TEXT = 1024 * 1024
MAX_TEXTS = 4  # two versions of an award, each in an older and a newer kind of chunk

_TEXT_KINDS = {b"iTXt", b"tEXt", b"zTXt"}
_TWO = to_say("two different badges are baked into it")
_SVG_ELEMENTS = {ASSERTION: "assertion", CREDENTIAL: "credential"}


def read_png(png: bytes) -> dict[str, str]:
    """What was baked into a PNG, by keyword (`openbadges`, `openbadgecredential`); empty when nothing was.

    iTXt counts before the older tEXt and zTXt. Raises PictureError; also for two different awards in it, of which each
    reader would choose another.
    """
    modern: dict[str, str] = {}
    older: dict[str, str] = {}
    seen = 0
    for chunk in png_frame.chunks(png):
        keyword, separator, rest = chunk.body.partition(b"\0")
        name = keyword.decode("latin-1")
        if name not in _SVG_ELEMENTS or not separator or chunk.kind not in _TEXT_KINDS:
            continue
        seen = _one_more(seen)
        if chunk.kind == b"iTXt":
            _note(modern, name, _international(rest))
        elif chunk.kind == b"tEXt":
            _note(older, name, _bounded(rest).decode("latin-1"))
        else:
            _note(older, name, _inflated(rest[:1], rest[1:]).decode("latin-1"))
    for name in older.keys() & modern.keys():
        _ask_that_same(older[name], modern[name])
    return {**older, **modern}


def read_svg(svg: bytes) -> dict[str, str]:
    """What was baked into an SVG, under the keywords of a PNG: the JSON in the element or, when that is
    empty, the address or signed text in its `verify`. Raises PictureError; also for two different awards in it.
    """
    root = parse_svg(svg)
    found: dict[str, str] = {}
    seen = 0
    for namespace, keyword in SVG_NAMESPACES.items():
        for element in root.iter(f"{{{namespace}}}{_SVG_ELEMENTS[keyword]}"):
            seen = _one_more(seen)
            body, verify = "".join(str(part) for part in element.itertext()).strip(), element.get("verify", "").strip()
            if body and verify:
                _ask_that_same(verify, body)
            if body or verify:
                _note(found, keyword, body or verify)
    return found


def _one_more(seen: int) -> int:
    """A few packed bytes become a megabyte of text, so no picture may hold many of them."""
    if seen == MAX_TEXTS:
        raise PictureError(to_say("more badges are baked into it than anybody looks at"))
    return seen + 1


def _note(found: dict[str, str], keyword: str, text: str) -> None:
    if found.setdefault(keyword, text) != text:
        raise PictureError(_TWO)


def _ask_that_same(one: str, other: str) -> None:
    """An award may stand in a picture both as its address and as its JSON."""
    names, others = _names(one), _names(other)
    if one != other and names and others and not names & others:
        raise PictureError(_TWO)


def _names(text: str) -> set[str]:
    """By what an award goes: the address that its JSON bears (in `verify` before 2.0), or the text itself. None in JSON
    that bears no address. An address outlives the change of its server from http to https.
    """
    said: list[object]
    try:
        document = parse_object(text, longest=MAX_TEXT)
    except JsonError:
        said = [] if text.lstrip().startswith("{") else [text]
    else:
        verify = document.get("verify")
        said = [document.get("id"), verify.get("url") if isinstance(verify, dict) else None]
    return {one.strip().removeprefix("https:").removeprefix("http:") for one in said if isinstance(one, str)}


def _international(rest: bytes) -> str:
    """The text of an iTXt chunk behind its keyword (PNG 11.3.3.4)."""
    flags, after_flags = rest[:2], rest[2:]
    parts = after_flags.split(b"\0", 2)
    if len(flags) != 2 or len(parts) != 3 or flags[0] > 1:
        raise PictureError(to_say("the baked text is broken"))
    _language, _translated_keyword, text = parts
    plain = _inflated(flags[1:], text) if flags[0] else _bounded(text)
    try:
        return plain.decode()
    except UnicodeDecodeError as error:
        raise PictureError(to_say("the baked text is not UTF-8")) from error


def _inflated(method: bytes, packed: bytes) -> bytes:
    if method != b"\0":
        raise PictureError(to_say("the baked text is packed in an unknown way"))
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, MAX_TEXT + 1)
    except zlib.error as error:
        raise PictureError(to_say("the baked text cannot be unpacked")) from error
    if len(text) <= MAX_TEXT and not inflater.eof:
        raise PictureError(to_say("the baked text is cut off"))
    return _bounded(text)


def _bounded(text: bytes) -> bytes:
    if len(text) > MAX_TEXT:
        raise PictureError(to_say("the baked text is too long"))
    return text
