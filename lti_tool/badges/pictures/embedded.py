"""A photo inside a drawing: PNG or JPEG in a data address, measured and written anew like any upload."""

import base64
import binascii
import io
import re

from PIL import Image

from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.badges.pictures.allowed import forbidden
from lti_tool.badges.pictures.raster import check_size, damaged, decoded, encoded, opened, without_excess

_DATA_URL = re.compile(r"data:image/(?:png|jpe?g);base64,([A-Za-z0-9+/=\s]+)")


def clean_data_url(address: str) -> str:
    """The same picture as a data address without anything but its pixels. Raises PictureRefused."""
    found = _DATA_URL.fullmatch(address)
    if not found:
        raise forbidden("an image from outside the picture, or one that is not PNG or JPEG")
    try:
        picture = base64.b64decode(found[1])
    except binascii.Error as error:
        raise damaged() from error
    # What it is, is read from its bytes: editors are careless with the word in front of them.
    if picture.startswith(SIGNATURE):
        return data_url("png", encoded(without_excess(opened(picture))))
    return data_url("jpeg", _jpeg(picture))


def data_url(kind: str, picture: bytes) -> str:
    """The address that holds a whole picture."""
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def _jpeg(picture: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(picture), formats=["JPEG"]) as header:
            width, height = header.size
    # As when decoding: what Pillow raises for damaged data has no common kind.
    except Exception as error:
        raise damaged() from error
    check_size(width, height)
    image = decoded(picture, "JPEG")
    out = io.BytesIO()
    # "keep" writes with the tables the picture came with, so nothing is lost but what is no picture.
    image.save(out, "JPEG", quality="keep", comment=b"")
    return out.getvalue()
