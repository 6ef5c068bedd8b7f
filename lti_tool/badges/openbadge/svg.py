"""Reading a stranger's XML as an SVG without doing what it asks for.

A DOCTYPE can define entities that grow without end or name files; a processing instruction can name a style
sheet or a script. A picture needs neither, so both are refused before the parser sees them.
"""

import re

from lxml import etree

from lti_tool.badges.openbadge.png import PictureError
from lti_tool.words import to_say

SVG = "http://www.w3.org/2000/svg"
MAX_DEPTH = 64
MAX_NODES = 30_000
MAX_ATTRIBUTES = 500

_DECLARATION = re.compile(r"\A\s*<\?xml\s[^<>]{0,200}\?>")
_ATTRIBUTE = re.compile(r"=\s*+['\"]")
_BEFORE_START = re.compile(r"\A(?:\s++|<!--.*?-->)*+", re.DOTALL)


class ForbiddenInSvgError(PictureError):
    """The file is XML, but holds something that a badge picture must not hold. The text names it."""


def parse_svg(svg: bytes, *, max_nodes: int = MAX_NODES, max_depth: int = MAX_DEPTH) -> etree._Element:
    """The root element of an SVG in UTF-8, without comments.

    Raises PictureError, and its kind ForbiddenInSvgError for what no picture may hold.
    """
    text = _text(svg)
    if text.count("<") > 3 * max_nodes:
        raise ForbiddenInSvgError(to_say("more parts than a badge picture needs"))
    # The parser compares each attribute of an element with every other: a hundred thousand of them take minutes.
    if any(len(_ATTRIBUTE.findall(part)) > MAX_ATTRIBUTES for part in text.split("<")):
        raise ForbiddenInSvgError(to_say("a part with more attributes than any drawing needs"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PictureError(to_say("the XML is not well-formed")) from error
    if root.tag != f"{{{SVG}}}svg":
        raise PictureError(to_say("the root element is not an SVG drawing"))
    if next(root.iter(etree.ProcessingInstruction), None) is not None:
        raise ForbiddenInSvgError(to_say("a processing instruction"))
    if _depth(root) > max_depth:
        raise ForbiddenInSvgError(to_say("parts nested more deeply than a badge picture needs"))
    return root


def _text(svg: bytes) -> str:
    try:
        text = svg.decode("utf-8-sig")
        text.encode()
    except UnicodeError as error:
        raise PictureError(to_say("the text is not UTF-8")) from error
    start = _BEFORE_START.sub("", _DECLARATION.sub("", text, count=1), count=1)
    if start.startswith("<!"):
        raise ForbiddenInSvgError(to_say("a DOCTYPE"))
    if start.startswith("<?"):
        raise ForbiddenInSvgError(to_say("a processing instruction"))
    return start


def _depth(root: etree._Element) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
