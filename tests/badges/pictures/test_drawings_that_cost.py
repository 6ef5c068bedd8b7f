"""Drawings that were made to keep us busy, not to be seen: each is answered before it has cost anything to speak of."""

import base64
import io
import time

import pytest
from PIL import Image

from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.refusal import PictureRefused

SIZE = 'viewBox="0 0 10 10"'
SPACES = " " * 100_000
ATTRIBUTES = " ".join(f"a{number}=''" for number in range(100_000))


def drawing(inside: str, size: str = SIZE) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{inside}</svg>'.encode()


def photo(picture: bytes, kind: str = "jpeg") -> str:
    data = base64.b64encode(picture).decode()
    return f'<image width="10" height="10" href="data:image/{kind};base64,{data}"/>'


def saved(kind: str, side: int, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("L", (side, side), 128).save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def with_scans(jpeg: bytes, count: int) -> bytes:
    """The same photo with its last pass over the picture so many times more."""
    end = jpeg.rindex(b"\xff\xd9")
    return jpeg[:end] + jpeg[jpeg.rindex(b"\xff\xda") : end] * count + jpeg[end:]


@pytest.mark.parametrize(
    "hostile",
    [
        drawing(f'<rect style="fill:url({SPACES}#a)"/><foreignObject/>'),
        drawing("", f'width="{"1" * 100_000}x" height="1"'),
        drawing("", f'width="1{SPACES}x" height="1"'),
        drawing(f"<rect {ATTRIBUTES}/>"),
        drawing(photo(with_scans(saved("JPEG", 3000, progressive=True), 2000))),
        drawing(photo(saved("PNG", 3000), "png") * 10),
    ],
    ids=["spaces in a style", "digits", "spaces in a length", "attributes", "passes of a photo", "pixels of photos"],
)
def test_what_is_made_to_be_slow_is_refused_at_once(hostile: bytes) -> None:
    begun = time.thread_time()

    with pytest.raises(PictureRefused):
        clean_picture(hostile)

    assert time.thread_time() - begun < 5


def test_a_photo_with_spaces_of_other_scripts_in_it_is_refused() -> None:
    with pytest.raises(PictureRefused, match="image"):
        clean_picture(drawing('<image href="data:image/png;base64,AA\u2003AA"/>'))


def test_the_first_of_several_pictures_in_one_photo_is_taken() -> None:
    """Cameras and phones write a preview behind their photo (MPO)."""
    several = saved("MPO", 40, save_all=True, append_images=[Image.new("L", (20, 20))])

    assert clean_picture(drawing(photo(several))).svg.count(b"<image ") == 1
