"""Pictures made of shapes. A clean SVG is built anew from the elements and attributes that we know to only
draw.

What could act or reach out (scripts, handlers, links, foreign pages, animation) refuses the whole file, so
that nobody finds their picture silently changed; what editors leave behind about themselves is dropped.
"""

import math
import re
from dataclasses import replace
from typing import cast

from flask_babel import gettext as _
from lxml import etree

from lti_tool.badges.openbadge.png import PictureError, size
from lti_tool.badges.openbadge.svg import SVG, ForbiddenInSvgError, parse_svg
from lti_tool.badges.pictures import embedded
from lti_tool.badges.pictures.allowed import (
    ATTRIBUTES,
    DROPPED_ELEMENTS,
    ELEMENTS,
    LINKING_ELEMENTS,
    check_style,
    forbidden,
)
from lti_tool.badges.pictures.limits import USUAL, Limits
from lti_tool.badges.pictures.raster import damaged
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.words import to_say

# The stubs of lxml do not know that None is the default namespace.
_NAMESPACES = cast("dict[str, str]", {None: SVG})
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_ROOT_PLACEMENT = frozenset({"x", "y", "preserveAspectRatio"})
_LENGTH = re.compile(r"([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in|em|ex)?")
_LONGEST_LENGTH = 60
_MAX_LENGTH = 1_000_000.0
_SHAPE_LIMIT = 16
MAX_PHOTOS = 10


def clean_svg(data: bytes, limits: Limits = USUAL) -> bytes:
    """The drawing alone, as UTF-8 without a declaration, shown in a square. Raises PictureRefused."""
    try:
        root = parse_svg(data, max_nodes=limits.elements, max_depth=limits.depth)
    except ForbiddenInSvgError as error:
        raise forbidden(str(error)) from error
    except PictureError as error:
        raise _not_svg(data) from error
    if sum(1 for _ in root.iter()) > limits.elements:
        raise forbidden(to_say("more parts than a badge picture needs"))
    photos = sum(1 for _ in root.iter(f"{{{SVG}}}image"))
    if photos > MAX_PHOTOS:
        raise forbidden(_("more than %(most)s photos", most=MAX_PHOTOS))
    limits = replace(limits, pixels=limits.pixels // max(photos, 1))
    view_box = _view_box(root)
    clean = etree.Element(f"{{{SVG}}}svg", nsmap=_NAMESPACES)
    _copy_inside(root, clean, limits)
    for name in _ROOT_PLACEMENT & set(map(str, clean.keys())):
        del clean.attrib[name]
    clean.set("width", "600")
    clean.set("height", "600")
    clean.set("viewBox", view_box)
    return etree.tostring(clean, encoding="utf-8")


def wrapped(png: bytes) -> bytes:
    """An SVG that shows a PNG of ours."""
    width, height = size(png)
    return (
        f'<svg xmlns="{SVG}" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{embedded.data_url("png", png)}"/></svg>'
    ).encode()


def _copy_inside(source: etree._Element, target: etree._Element, limits: Limits) -> None:
    _copy_attributes(source, target, limits)
    target.text = source.text
    for child in source:
        namespace, _brace, name = str(child.tag).rpartition("}")
        if namespace != f"{{{SVG}" or name in DROPPED_ELEMENTS:
            continue  # left behind by an editor: layers, guides, its own settings
        if name not in ELEMENTS:
            raise forbidden(_("the element <%(name)s>", name=name))
        copy = etree.SubElement(target, f"{{{SVG}}}{name}")
        _copy_inside(child, copy, limits)
        copy.tail = child.tail
        if name == "style":
            check_style("".join(str(part) for part in copy.itertext()))


def _copy_attributes(source: etree._Element, target: etree._Element, limits: Limits) -> None:
    name = etree.QName(target).localname
    for key, value in source.items():
        attribute = "href" if key == _XLINK_HREF else str(key)
        if attribute.lower().startswith("on"):
            raise forbidden(_("the event handler %(name)s", name=attribute))
        if attribute == "href":
            target.set("href", _target(name, str(value), limits))
        elif attribute in ATTRIBUTES:
            check_style(str(value))
            target.set(attribute, str(value))


def _target(element: str, address: str, limits: Limits) -> str:
    address = address.strip()
    if element == "image":
        return embedded.clean_data_url(address, limits)
    if element in LINKING_ELEMENTS and re.fullmatch(r"#[^\s<>\"'()]+", address):
        return address
    raise forbidden(to_say("a reference to something outside the picture"))


def _view_box(root: etree._Element) -> str:
    """The drawing's own coordinates, from its viewBox or else from its width and height."""
    numbers = root.get("viewBox", "").replace(",", " ").split() or [
        "0",
        "0",
        _plain_length(root.get("width")),
        _plain_length(root.get("height")),
    ]
    try:
        left, top, width, height = map(float, numbers)
    except ValueError as error:
        raise _no_size() from error
    sound = all(map(math.isfinite, (left, top))) and max(abs(left), abs(top)) <= _MAX_LENGTH
    if not (sound and all(1 / 1000 <= side <= _MAX_LENGTH for side in (width, height))):
        raise _no_size()
    if max(width, height) > _SHAPE_LIMIT * min(width, height):
        raise PictureRefused("too_narrow", _("This picture is too long and narrow. Make it nearly square."))
    return f"{left:.9g} {top:.9g} {width:.9g} {height:.9g}"


def _plain_length(text: str | None) -> str:
    plain = (text or "").strip()
    found = _LENGTH.fullmatch(plain) if len(plain) <= _LONGEST_LENGTH else None
    return found[1] if found else ""


def _no_size() -> PictureRefused:
    return PictureRefused(
        "no_size", _("This SVG does not say how large it is: it needs a viewBox, or a width and a height.")
    )


def _not_svg(data: bytes) -> PictureRefused:
    if b"<svg" in data[:4096] or b":svg" in data[:4096]:
        return damaged()
    return PictureRefused("not_a_picture", _("This file is not a PNG or SVG picture."))
