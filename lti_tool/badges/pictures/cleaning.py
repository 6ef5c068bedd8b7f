"""An uploaded picture becomes a clean one in both forms (decision 16): a PNG and an SVG that show the same.

What an upload is, is read from its bytes, never from its name. It is measured before anything decodes it, and
nothing of it is kept but what can be seen: a picture may carry the place it was taken, a script, or
somebody's badge.
"""

from dataclasses import dataclass

from flask_babel import gettext as _

from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.badges.pictures.limits import USUAL, Limits
from lti_tool.badges.pictures.raster import clean_png
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.badges.pictures.rendering import render
from lti_tool.badges.pictures.vector import clean_svg, wrapped
from lti_tool.words import megabytes, said, to_say

_OTHER_KINDS = (
    (b"\xff\xd8\xff", to_say("a JPEG photo")),
    (b"GIF8", to_say("a GIF picture")),
    (b"RIFF", to_say("a WebP picture")),
    (b"BM", to_say("a BMP picture")),
    (b"%PDF", to_say("a PDF document")),
    (b"\xff\xfe", to_say("a text in UTF-16")),
    (b"\xfe\xff", to_say("a text in UTF-16")),
    (b"\x1f\x8b", to_say("a compressed file (SVGZ)")),
)


@dataclass(frozen=True, slots=True)
class CleanPicture:
    """Both forms of one picture, both square."""

    png: bytes
    svg: bytes


def clean_picture(data: bytes, limits: Limits = USUAL) -> CleanPicture:
    """Check and clean an upload. Raises PictureRefused, and nothing else, for whatever the bytes are."""
    if not data:
        raise PictureRefused("empty", _("This file is empty. Choose a PNG or SVG picture."))
    if len(data) > limits.bytes:
        most = megabytes(limits.bytes)
        sentence = _("This file is too large. A badge picture may have up to %(most)s MB.", most=most)
        raise PictureRefused("too_large", sentence)
    if data.startswith(SIGNATURE):
        png = clean_png(data, limits)
        return CleanPicture(png=png, svg=wrapped(png))
    for start, kind in _OTHER_KINDS:
        if data.startswith(start):
            sentence = _("This is %(kind)s. Save it as a PNG or a plain SVG picture.", kind=said(kind))
            raise PictureRefused("other_kind", sentence)
    if b"<" not in data[:1024]:
        raise PictureRefused("not_a_picture", _("This file is not a PNG or SVG picture."))
    svg = clean_svg(data, limits)
    return CleanPicture(png=render(svg), svg=svg)
