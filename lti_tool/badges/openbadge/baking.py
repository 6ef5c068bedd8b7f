"""Baking: an award's JSON goes into its picture, and comes out again.

A class's picture is taken apart once (`split_png`, `split_svg`); the picture of each award is then head +
metadata + tail, made when it is asked for and stored nowhere. Nothing is decoded, so it costs little more
than copying. Taking apart drops what was baked before: baking again replaces. Rules: Open Badges 2.0 Baking
Specification; what was baked by the rules of Open Badges 3.0 (section 5.3) is dropped likewise.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

from lti_tool.badges.openbadge import png as png_frame
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.openbadge.svg import parse_svg
from lti_tool.words import to_say

ASSERTION = "openbadges"
CREDENTIAL = "openbadgecredential"
SVG_NAMESPACES = {"http://openbadges.org": ASSERTION, "https://purl.imsglobal.org/ob/v3p0": CREDENTIAL}

_TEXT_KINDS = {b"iTXt", b"tEXt", b"zTXt"}
# JSON escapes control characters itself; what else XML 1.0 cannot hold (section 2.2) is escaped for it here.
_NOT_FOR_CDATA = re.compile("\\]\\]>|[\ud800-\udfff\ufffe\uffff]")
_KEYWORDS = {ASSERTION.encode(), CREDENTIAL.encode()}
_PLACE = "the award goes here"


class BakeablePng(NamedTuple):
    """A picture taken apart: `head` ends after IHDR, where badge readers look first."""

    head: bytes
    tail: bytes


class BakeableSvg(NamedTuple):
    """A drawing taken apart: `head` ends after the start tag of the root element."""

    head: bytes
    tail: bytes


def split_png(png: bytes) -> BakeablePng:
    """Check the frame of a PNG and take it apart, without earlier badge data. Raises PictureError."""
    width, height = png_frame.size(png)
    if not width or not height:
        raise PictureError(to_say("the picture has no pixels"))
    kept = [chunk for chunk in png_frame.chunks(png) if not _is_badge_data(chunk)]
    if not any(chunk.kind == b"IDAT" for chunk in kept):
        raise PictureError(to_say("the picture has no pixels"))
    return BakeablePng(head=png_frame.SIGNATURE + kept[0].whole, tail=b"".join(chunk.whole for chunk in kept[1:]))


def bake_png(parts: BakeablePng, texts: Mapping[str, str]) -> bytes:
    """The picture with one uncompressed iTXt chunk per keyword.

    Raises ValueError for a text that iTXt cannot hold: one with a NUL or half a surrogate pair.
    """
    pieces = [parts.head]
    for keyword, text in texts.items():
        if "\0" in text:
            raise ValueError("a text in a PNG cannot hold a NUL")
        # keyword NUL, not packed, method 0, no language NUL, no translated keyword NUL, text (PNG 11.3.3.4)
        body = b"%b\0\0\0\0\0%b" % (keyword.encode("latin-1"), text.encode())
        pieces.append(png_frame.chunk(b"iTXt", body))
    pieces.append(parts.tail)
    return b"".join(pieces)


def split_svg(svg: bytes) -> BakeableSvg:
    """Take an SVG apart, without earlier badge data. Raises PictureError when it is not a plain SVG."""
    root = parse_svg(svg)
    for element in list(root.iter(*(f"{{{namespace}}}*" for namespace in SVG_NAMESPACES))):
        _remove(element)
    place = etree.Comment(_PLACE)
    place.tail, root.text = root.text, None
    root.insert(0, place)
    head, _, tail = etree.tostring(root, encoding="utf-8").partition(b"<!--" + _PLACE.encode() + b"-->")
    return BakeableSvg(head, tail)


def bake_svg(
    parts: BakeableSvg, assertion_json: str, verify_url: str, credential_json: str | None = None
) -> bytes:  # fmt: skip
    """The drawing with the award as the first child of its root and, where it is given, its credential of 3.0 behind.

    The namespace is declared on each element itself, because readers look for the prefix as text and both
    standards use the same prefix for namespaces of their own.
    """
    assertion = f'assertion xmlns:openbadges="http://openbadges.org" verify="{_attribute(verify_url)}"'
    baked = _svg_element(assertion, assertion_json)
    if credential_json is not None:
        baked += _svg_element('credential xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', credential_json)
    return b"".join((parts.head, baked.encode(), parts.tail))


def _svg_element(start: str, json: str) -> str:
    """What CDATA cannot hold is written as a JSON escape, which any JSON reader undoes: two sections would be
    right XML, but common readers take only one of them.
    """
    body = _NOT_FOR_CDATA.sub(_as_json_escape, json)
    return f"<openbadges:{start}><![CDATA[{body}]]></openbadges:{start.partition(' ')[0]}>"


def _is_badge_data(chunk: png_frame.Chunk) -> bool:
    return chunk.kind in _TEXT_KINDS and chunk.body.partition(b"\0")[0] in _KEYWORDS


def _remove(element: etree._Element) -> None:
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        raise PictureError(to_say("the root element is badge data, not a drawing"))
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)


def _as_json_escape(match: re.Match[str]) -> str:
    found = match[0]
    return "]]\\u003e" if found == "]]>" else f"\\u{ord(found):04x}"


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
