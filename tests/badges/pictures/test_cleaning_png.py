"""Uploaded pictures of pixels: measured, reduced to what can be seen, kept in both forms."""

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from PIL import Image, PngImagePlugin

from lti_tool.badges.openbadge.baking import bake_png, split_png
from lti_tool.badges.openbadge.png import SIGNATURE, chunk, chunks, size
from lti_tool.badges.openbadge.unbaking import read_png
from lti_tool.badges.pictures.cleaning import clean_picture
from lti_tool.badges.pictures.limits import USUAL, Limits
from lti_tool.badges.pictures.refusal import PictureRefused


def _png(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)  # type: ignore[arg-type]
    return out.getvalue()


def _opened(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    return image


def _refusal(data: bytes, limits: Limits = USUAL) -> PictureRefused:
    with pytest.raises(PictureRefused) as refused:
        clean_picture(data, limits)
    return refused.value


def _header(width: int, height: int) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))


def _badge() -> Image.Image:
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (8, 8, 56, 56))
    return image


PNG = _png(_badge())


def test_a_png_is_kept_as_png_and_wrapped_in_an_svg() -> None:
    clean = clean_picture(PNG)

    assert _opened(clean.png).tobytes() == _badge().tobytes()
    root = etree.fromstring(clean.svg)
    assert (root.get("viewBox"), root.get("width")) == ("0 0 64 64", "64")
    assert _opened(clean_picture(clean.svg).png).size == (600, 600)


def test_the_same_upload_gives_the_same_bytes_and_cleaning_twice_changes_nothing() -> None:
    once = clean_picture(PNG)

    assert clean_picture(PNG) == once
    assert clean_picture(once.png) == once


def test_nothing_but_the_pixels_goes_on() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Ada Lovelace")
    told.add_itxt("Comment", "taken at home", zip=True)
    exif = Image.Exif()
    exif[0x010E] = "my garden"
    dirty = _png(_badge(), pnginfo=told, exif=exif, dpi=(300, 300), icc_profile=b"profile") + b"trailing"
    dirty = bake_png(split_png(dirty), {"openbadges": '{"somebody":"else"}'})

    clean = clean_picture(dirty)

    assert {found.kind for found in chunks(clean.png)} == {b"IHDR", b"IDAT", b"IEND"}
    assert read_png(clean.png) == {}
    assert clean == clean_picture(PNG)


def test_an_overlong_comment_is_dropped_unread() -> None:
    parts = split_png(PNG)
    comment = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 100_000_000))

    assert clean_picture(parts.head + comment + parts.tail) == clean_picture(PNG)


def test_an_animation_becomes_its_first_frame() -> None:
    second = Image.new("RGBA", (64, 64), "blue")
    animated = _png(_badge(), save_all=True, append_images=[second], duration=100)
    assert b"acTL" in animated

    assert clean_picture(animated) == clean_picture(PNG)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("L", (20, 20), 128), (128, 128, 128)),
        (Image.new("1", (20, 20), 1), (255, 255, 255)),
        (Image.new("P", (20, 20), 0), (0, 0, 0)),
        (Image.new("LA", (20, 20), (128, 255)), (128, 128, 128)),
        (Image.new("I;16", (20, 20), 0x8000), (128, 128, 128)),
        (Image.new("RGB", (20, 20), (1, 2, 3)), (1, 2, 3)),
    ],
    ids=["grey", "black and white", "palette", "grey with alpha", "16-bit grey", "colour"],
)
def test_every_kind_of_png_keeps_its_colour(image: Image.Image, expected: tuple[int, int, int]) -> None:
    clean = _opened(clean_picture(_png(image)).png)

    assert (clean.mode, clean.getpixel((3, 3))) == ("RGB", expected)


def test_a_transparent_colour_stays_transparent() -> None:
    image = Image.new("P", (20, 20), 0)
    image.putpixel((5, 5), 1)

    clean = _opened(clean_picture(_png(image, transparency=0)).png)

    assert clean.mode == "RGBA"
    assert clean.getpixel((0, 0))[3] == 0  # type: ignore[index]
    assert clean.getpixel((5, 5))[3] == 255  # type: ignore[index]


def test_a_large_picture_is_made_smaller_without_changing_its_shape() -> None:
    clean = _opened(clean_picture(_png(Image.new("RGB", (3000, 1500), "red"))).png)

    assert clean.size == (1200, 1200)
    assert clean.getpixel((600, 299))[3] == 0  # type: ignore[index]
    assert clean.getpixel((600, 301)) == (255, 0, 0, 255)
    assert clean.getpixel((0, 600)) == (255, 0, 0, 255)


def test_a_small_picture_is_not_blown_up() -> None:
    assert size(clean_picture(_png(Image.new("RGB", (16, 20), "red"))).png) == (20, 20)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"hello", "not_a_picture"),
        (b"\x00" * 100, "not_a_picture"),
        (b"<html><body>x</body></html>", "not_a_picture"),
        (b"GIF89a....", "other_kind"),
        (b"\xff\xd8\xff\xe0JFIF", "other_kind"),
        (b"%PDF-1.7", "other_kind"),
        (b"\x1f\x8b\x08", "other_kind"),
        (PNG[:100], "damaged"),
        (PNG[:-20] + b"\0" * 20, "damaged"),
        (SIGNATURE + _header(64, 64) + chunk(b"IDAT", b"not packed") + chunk(b"IEND", b""), "damaged"),
        (SIGNATURE + _header(64, 64) + chunk(b"IDAT", zlib.compress(b"\0" * 9)) + chunk(b"IEND", b""), "damaged"),
        (SIGNATURE + _header(64, 64) + chunk(b"IEND", b""), "damaged"),
        (SIGNATURE + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 7, 9, 0, 0, 0)) + PNG[33:], "damaged"),
        (SIGNATURE + _header(15, 64) + PNG[33:], "too_small"),
        (SIGNATURE + _header(0, 0) + PNG[33:], "too_small"),
        (SIGNATURE + _header(4097, 64) + PNG[33:], "too_many_pixels"),
        (SIGNATURE + _header(4000, 4000) + PNG[33:], "too_many_pixels"),
        (SIGNATURE + _header(2**31 - 1, 2**31 - 1) + PNG[33:], "too_many_pixels"),
        (_png(Image.new("RGBA", (64, 64), (255, 0, 0, 0))), "blank"),
    ],
)
def test_what_is_no_usable_picture_is_refused_with_a_reason(data: bytes, code: str) -> None:
    assert _refusal(data).code == code


def test_a_refusal_is_a_sentence_for_a_teacher() -> None:
    assert str(_refusal(b"hello")) == "This file is not a PNG or SVG picture."
    assert str(_refusal(b"GIF89a")) == "This is a GIF picture. Save it as a PNG or a plain SVG picture."


def test_a_file_larger_than_the_limit_is_refused_unread() -> None:
    refused = _refusal(PNG, Limits(bytes=100))

    assert refused.code == "too_large"
    assert "too large" in refused.sentence


@given(
    st.one_of(
        st.binary(max_size=300).map(lambda tail: SIGNATURE + tail),
        st.binary(max_size=60).map(
            lambda body: SIGNATURE + _header(32, 32) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
        ),
        st.integers(0, len(PNG) - 1).map(lambda at: PNG[:at] + bytes([PNG[at] ^ 0x41]) + PNG[at + 1 :]),
        st.binary(min_size=13, max_size=13).map(lambda body: SIGNATURE + chunk(b"IHDR", body) + PNG[33:]),
    )
)
@settings(max_examples=100, deadline=None)
def test_garbage_is_refused_and_nothing_else(data: bytes) -> None:
    try:
        clean_picture(data)
    except PictureRefused:
        return
