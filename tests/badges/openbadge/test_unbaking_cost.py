"""Pictures that were made to be unpacked without end."""

import time
import zlib

import pytest

from lti_tool.badges.openbadge.png import PictureError, chunk
from lti_tool.badges.openbadge.unbaking import read_png, read_svg
from tests.make.foreign_badge import picture

PACKED = b"\0" + zlib.compress(b" " * 1_000_000)


def test_a_picture_of_many_packed_texts_is_refused_after_a_few() -> None:
    plain, begun = picture(), time.thread_time()

    with pytest.raises(PictureError, match="more badges"):
        read_png(plain[:33] + chunk(b"zTXt", b"openbadges\0" + PACKED) * 500 + plain[33:])

    assert time.thread_time() - begun < 3


def test_a_drawing_of_many_badges_is_refused_after_a_few() -> None:
    ours = '<a:assertion xmlns:a="http://openbadges.org" verify="x">'

    with pytest.raises(PictureError, match="more badges"):
        read_svg(f'<svg xmlns="http://www.w3.org/2000/svg">{ours * 20}{"</a:assertion>" * 20}</svg>'.encode())
