"""Pictures made of pixels. They are measured by their header, reduced to the chunks that make the image,
decoded, and written anew: nothing but the pixels of the first frame goes on.
"""

import io

from flask_babel import gettext as _
from PIL import Image

from lti_tool.badges.openbadge import png as png_frame
from lti_tool.badges.openbadge.png import PictureError
from lti_tool.badges.pictures.limits import USUAL, Limits
from lti_tool.badges.pictures.refusal import PictureRefused
from lti_tool.words import numeral

MIN_SIDE = 16
MAX_SIDE = 4096
KEPT_SIDE = 1200

_IMAGE_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def clean_png(png: bytes, limits: Limits = USUAL) -> bytes:
    """The picture alone, at most 1200 pixels wide and high, on a transparent square if it is not one.

    The same bytes in give the same bytes out. Raises PictureRefused.
    """
    return encoded(_square(without_excess(visible(opened(png, limits)))))


def opened(png: bytes, limits: Limits = USUAL) -> Image.Image:
    """The decoded first frame, in RGBA. Raises PictureRefused when it is damaged, too small or too large."""
    try:
        check_size(*png_frame.size(png), limits)
        bare = png_frame.SIGNATURE + b"".join(
            chunk.whole for chunk in png_frame.chunks(png) if chunk.kind in _IMAGE_CHUNKS
        )
    except PictureError as error:
        raise damaged() from error
    return _in_rgba(decoded(bare, "PNG"))


def decoded(picture: bytes, form: str) -> Image.Image:
    """Decode bytes whose size was checked. Raises PictureRefused for damage of any kind."""
    try:
        image = Image.open(io.BytesIO(picture), formats=[form])
        image.load()
    # Pillow's decoders answer damaged data with many kinds of exceptions; all mean the same to a teacher.
    except Exception as error:
        raise damaged() from error
    return image


def check_size(width: int, height: int, limits: Limits = USUAL) -> None:
    """Raises PictureRefused for a picture that is too small to see or too large to decode."""
    if min(width, height) < MIN_SIDE:
        sentence = _("This picture is too small: each side needs at least %(least)s pixels.", least=MIN_SIDE)
        raise PictureRefused("too_small", sentence)
    if max(width, height) > MAX_SIDE or width * height > limits.pixels:
        sentence = _(
            "This picture is too large: each side may have up to %(side)s pixels, "
            "and all together up to %(all)s million.",
            side=MAX_SIDE, all=numeral(float(f"{limits.pixels / 1_000_000:.3g}")),
        )  # fmt: skip
        raise PictureRefused("too_many_pixels", sentence)


def encoded(image: Image.Image) -> bytes:
    """An RGBA image as a PNG: no text, no profile, no alpha channel where nothing is transparent."""
    if image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    bare = Image.frombytes(image.mode, image.size, image.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=9)
    return out.getvalue()


def visible(image: Image.Image) -> Image.Image:
    """The same RGBA image. Raises PictureRefused when it is transparent everywhere."""
    if image.getchannel("A").getextrema() == (0, 0):
        raise PictureRefused("blank", _("Nothing can be seen in this picture: it is transparent everywhere."))
    return image


def damaged() -> PictureRefused:
    """The refusal of a file that cannot be read."""
    return PictureRefused("damaged", _("This picture is damaged and cannot be opened. Save it again."))


def _in_rgba(image: Image.Image) -> Image.Image:
    if image.mode == "I;16":
        # Pillow clips 16-bit grey instead of scaling it; the upper byte of each sample is right.
        image = Image.frombytes("L", image.size, image.tobytes()[1::2])
    return image.convert("RGBA")


def without_excess(image: Image.Image) -> Image.Image:
    """The image, made smaller in place when it is larger than a badge is ever shown."""
    if max(image.size) > KEPT_SIDE:
        image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    return image


def _square(image: Image.Image) -> Image.Image:
    if image.width == image.height:
        return image
    side = max(image.size)
    canvas = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    canvas.paste(image, ((side - image.width) // 2, (side - image.height) // 2))
    return canvas
