"""A photo inside a drawing: PNG or JPEG in a data address, measured and written anew like any upload."""

import base64
import binascii
import io
import re

from PIL.JpegImagePlugin import JpegImageFile

from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.badges.pictures.allowed import forbidden
from lti_tool.badges.pictures.limits import USUAL, Limits
from lti_tool.badges.pictures.raster import check_size, damaged, encoded, opened, without_excess
from lti_tool.words import to_say

MAX_SCANS = 30

_DATA_URL = re.compile(r"data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=\s]+)", re.ASCII)


def clean_data_url(address: str, limits: Limits = USUAL) -> str:
    """The same picture as a data address without anything but its pixels. Raises PictureRefused."""
    found = _DATA_URL.fullmatch(address)
    if not found:
        raise forbidden(to_say("an image from outside the picture, or one that is not PNG or JPEG"))
    try:
        picture = base64.b64decode(found[1])
    except binascii.Error as error:
        raise damaged() from error
    # What it is, is read from its bytes: editors are careless with the word in front of them.
    if picture.startswith(SIGNATURE):
        return data_url("png", encoded(without_excess(opened(picture, limits))))
    return data_url("jpeg", _jpeg(picture, limits))


def data_url(kind: str, picture: bytes) -> str:
    """The address that holds a whole picture."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _jpeg(picture: bytes, limits: Limits) -> bytes:
    # A scan goes over the whole picture again and may be a few bytes long. Ten of them are usual.
    if picture.count(b"\xff\xda") > MAX_SCANS:
        raise forbidden(to_say("a photo that is drawn in more passes than any photo needs"))
    # As when decoding: what Pillow raises for damaged data has no common kind.
    try:
        image = JpegImageFile(io.BytesIO(picture))  # the first picture alone, where there are several
    except Exception as error:
        raise damaged() from error
    check_size(*image.size, limits)
    out = io.BytesIO()
    try:
        image.load()
        # "keep" writes with the tables the picture came with, so nothing is lost but what is no picture.
        image.save(out, "JPEG", quality="keep", comment=b"")
    except Exception as error:
        raise damaged() from error
    return out.getvalue()
