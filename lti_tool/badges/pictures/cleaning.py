"""An uploaded picture becomes a clean one in both forms (decision 16): a PNG and an SVG that show the same.

What an upload is, is read from its bytes, never from its name. It is measured before anything decodes it, and
nothing of it is kept but what can be seen: a picture may carry the place it was taken, a script, or
somebody's badge.
"""

from dataclasses import dataclass
from typing import Literal

from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.badges.pictures.raster import clean_png
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.badges.pictures.rendering import render
from lti_tool.badges.pictures.vector import clean_svg, wrapped

MAX_BYTES = 2 * 1024 * 1024

_OTHER_KINDS = (
    (b"\xff\xd8\xff", "a JPEG photo"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a WebP picture"),
    (b"BM", "a BMP picture"),
    (b"%PDF", "a PDF document"),
    (b"\xff\xfe", "a text in UTF-16"),
    (b"\xfe\xff", "a text in UTF-16"),
    (b"\x1f\x8b", "a compressed file (SVGZ)"),
)

__all__ = ["CleanPicture", "PictureRefused", "clean_picture"]


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Both forms of one picture, both square, and which of them was uploaded."""

    png: bytes
    svg: bytes
    source: Literal["png", "svg"]


def clean_picture(data: bytes, *, max_bytes: int = MAX_BYTES) -> CleanPicture:
    """Check and clean an upload. Raises PictureRefused, and nothing else, for whatever the bytes are."""
    if not data:
        raise PictureRefused("empty", "This file is empty. Choose a PNG or SVG picture.")
    if len(data) > max_bytes:
        limit = f"{max_bytes / (1024 * 1024):.3g} MB"
        raise PictureRefused("too_large", f"This file is too large. A badge picture may have up to {limit}.")
    if data.startswith(SIGNATURE):
        png = clean_png(data)
        return CleanPicture(png=png, svg=wrapped(png), source="png")
    for start, kind in _OTHER_KINDS:
        if data.startswith(start):
            raise PictureRefused("other_kind", f"This is {kind}. Save it as a PNG or a plain SVG picture.")
    if b"<" not in data[:1024]:
        raise PictureRefused("not_a_picture", "This file is not a PNG or SVG picture.")
    svg = clean_svg(data)
    return CleanPicture(png=render(svg), svg=svg, source="svg")
