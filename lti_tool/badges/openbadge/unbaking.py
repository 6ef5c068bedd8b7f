"""Reading what somebody baked into a picture, by the rules of the picture's format.

Many readers look only for the bytes most bakers write and misread the rest: a language tag, compressed text,
another prefix for the same namespace. Everything here comes from strangers, so every size is bounded.
"""

import zlib

from lti_tool.badges.openbadge import png as png_frame
from lti_tool.badges.openbadge.baking import ASSERTION, CREDENTIAL, SVG_NAMESPACES
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.openbadge.svg import parse_svg

MAX_TEXT = 1024 * 1024

_SVG_ELEMENTS = {ASSERTION: "assertion", CREDENTIAL: "credential"}


def read_png(png: bytes) -> dict[str, str]:
    """What was baked into a PNG, by keyword (`openbadges`, `openbadgecredential`); empty when nothing was.

    iTXt counts before the older tEXt and zTXt, and the first of a kind before others. Raises PictureError.
    """
    modern: dict[str, str] = {}
    older: dict[str, str] = {}
    for chunk in png_frame.chunks(png):
        keyword, separator, rest = chunk.body.partition(b"\0")
        name = keyword.decode("latin-1")
        if name not in _SVG_ELEMENTS or not separator:
            continue
        if chunk.kind == b"iTXt":
            modern.setdefault(name, _international(rest))
        elif chunk.kind == b"tEXt":
            older.setdefault(name, _bounded(rest).decode("latin-1"))
        elif chunk.kind == b"zTXt":
            older.setdefault(name, _inflated(rest[:1], rest[1:]).decode("latin-1"))
    return {**older, **modern}


def read_svg(svg: bytes) -> dict[str, str]:
    """What was baked into an SVG, under the keywords of a PNG: the JSON in the element or, when that is
    empty, the address or signed text in its `verify`. Raises PictureError.
    """
    root = parse_svg(svg)
    found: dict[str, str] = {}
    for namespace, keyword in SVG_NAMESPACES.items():
        for element in root.iter(f"{{{namespace}}}{_SVG_ELEMENTS[keyword]}"):
            body = "".join(str(part) for part in element.itertext()).strip()
            found.setdefault(keyword, body or element.get("verify", ""))
    return {keyword: text for keyword, text in found.items() if text}


def _international(rest: bytes) -> str:
    """The text of an iTXt chunk behind its keyword (PNG 11.3.3.4)."""
    flags, after_flags = rest[:2], rest[2:]
    parts = after_flags.split(b"\0", 2)
    if len(flags) != 2 or len(parts) != 3 or flags[0] > 1:
        raise PictureError("the baked text is broken")
    _language, _translated_keyword, text = parts
    plain = _inflated(flags[1:], text) if flags[0] else _bounded(text)
    try:
        return plain.decode()
    except UnicodeDecodeError as error:
        raise PictureError("the baked text is not UTF-8") from error


def _inflated(method: bytes, packed: bytes) -> bytes:
    if method != b"\0":
        raise PictureError("the baked text is packed in an unknown way")
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, MAX_TEXT + 1)
    except zlib.error as error:
        raise PictureError("the baked text cannot be unpacked") from error
    if len(text) <= MAX_TEXT and not inflater.eof:
        raise PictureError("the baked text is cut off")
    return _bounded(text)


def _bounded(text: bytes) -> bytes:
    if len(text) > MAX_TEXT:
        raise PictureError("the baked text is too long")
    return text
