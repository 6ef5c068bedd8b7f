"""The picture of a badge, as it is fetched: really a PNG or SVG, or no picture. Whoever keeps or shows it cleans it
first.
"""

import base64
import binascii
import re

from lti_tool.badges.openbadge import png as png_frame
from lti_tool.badges.openbadge.png import SIGNATURE, PictureError
from lti_tool.badges.openbadge.svg import parse_svg
from lti_tool.badges.pictures.embedded import data_url
from lti_tool.badges.pictures.limits import Limits
from lti_tool.badges.pictures.raster import clean_png
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.badges.pictures.vector import clean_svg
from lti_tool.badges.sentences import Sentence, sentence_of
from lti_tool.badges.verifying.case import Case, not_answered
from lti_tool.badges.verifying.members import as_web
from lti_tool.badges.verifying.outside import PICTURE, NotReached
from lti_tool.settings import Settings
from lti_tool.words import to_say

_PICTURE = to_say("The badge's picture")
_MOST_PIXELS = 4_000_000

_DATA = re.compile(
    r"data:image/(?:png|svg\+xml)(?:;charset=[A-Za-z0-9-]{1,20})?;base64,([A-Za-z0-9+/=\s]+)",
    re.IGNORECASE | re.ASCII,
)


def fetch_picture(case: Case, address: str | None, *, needed: bool) -> bytes | None:
    """The picture at `address`, which may be a data address; with its check."""
    if address is None:
        if needed:
            case.failed("picture", to_say("The badge names no picture."))
        else:
            case.not_asked("picture", to_say("The badge has no picture, and needs none."))
        return None
    try:
        picture = _bytes(case, address)
    except NotReached as why:
        case.failed("picture", sentence_of(why))
        return None
    fault = _fault(picture)
    if fault:
        text = to_say("The badge's picture is no PNG or SVG that can be read: %(why)s.")
        case.failed("picture", Sentence(text, why=fault))
        return None
    case.passed("picture", to_say("The badge's picture is there, and it is a PNG or SVG."))
    return picture


def for_one_look(picture: bytes, settings: Settings) -> str | None:
    """The picture as a data address, cleaned like any upload; None where it may not be shown.

    An SVG stays one: to draw it may take seconds, which a stranger must not have for the asking, and every browser can.
    """
    pixels = min(settings.picture_pixels, _MOST_PIXELS)
    limits = Limits(settings.upload_bytes, pixels, settings.picture_elements, settings.picture_depth)
    try:
        if picture.startswith(SIGNATURE):
            return data_url("png", clean_png(picture, limits))
        return data_url("svg+xml", clean_svg(picture, limits))
    except PictureRefused:
        return None


def _bytes(case: Case, address: str) -> bytes:
    inline = _DATA.fullmatch(address)
    if inline:
        try:
            return base64.b64decode(inline[1])
        except binascii.Error:
            raise NotReached(to_say("The badge's picture is not written in base64.")) from None
    if not as_web(address):
        raise NotReached(to_say("The badge's picture has no web address."))
    answer = case.answer(address, _PICTURE, PICTURE)
    if answer.status != 200:
        raise NotReached(not_answered(_PICTURE, answer.status))
    return answer.body


def _fault(picture: bytes) -> str:
    """Read from its bytes, whatever its name or type says; empty for a sound one."""
    try:
        if not picture.startswith(SIGNATURE):
            parse_svg(picture)
        elif 0 in png_frame.size(picture) or not any(one.kind == b"IDAT" for one in png_frame.chunks(picture)):
            return to_say("it has no pixels")
    except PictureError as wrong:
        return sentence_of(wrong)
    return ""
