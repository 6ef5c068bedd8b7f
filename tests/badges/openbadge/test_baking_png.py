"""Awards in PNG pictures: what goes in comes out, nothing else changes, and garbage is only ever refused."""

import io
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lti_tool.badges.openbadge.baking import BakeablePng, bake_png, split_png
from lti_tool.badges.openbadge.png import SIGNATURE, PictureError, chunk, chunks
from lti_tool.badges.openbadge.unbaking import MAX_TEXT, read_png


def _picture() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((40, 40), 80).convert("RGBA").save(out, "PNG")
    return out.getvalue()


PNG = _picture()
PARTS = split_png(PNG)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=400)


def _with(*extra: bytes) -> bytes:
    return PARTS.head + b"".join(extra) + PARTS.tail


@given(assertion=TEXT, credential=TEXT)
@settings(max_examples=100, deadline=None)
def test_any_text_that_is_baked_is_read_back(assertion: str, credential: str) -> None:
    texts = {"openbadges": assertion, "openbadgecredential": credential}

    assert read_png(bake_png(PARTS, texts)) == texts


def test_baking_adds_one_chunk_behind_the_header_and_changes_nothing_else() -> None:
    baked = bake_png(PARTS, {"openbadges": "{}"})

    kinds = [found.kind for found in chunks(baked)]
    assert kinds == [b"IHDR", b"iTXt", *(found.kind for found in chunks(PNG))][:2] + kinds[2:]
    assert baked.replace(chunk(b"iTXt", b"openbadges\0\0\0\0\0{}"), b"") == PNG


def test_a_baked_picture_shows_the_same_pixels() -> None:
    baked = Image.open(io.BytesIO(bake_png(PARTS, {"openbadges": '{"a":"é"}'})))

    baked.load()
    assert baked.tobytes() == Image.open(io.BytesIO(PNG)).tobytes()
    assert baked.info["openbadges"] == '{"a":"é"}'


@pytest.mark.parametrize("keyword", ["openbadges", "openbadgecredential"])
def test_baking_again_replaces_what_was_baked_before(keyword: str) -> None:
    older = [
        chunk(b"tEXt", keyword.encode() + b"\0https://x.org/1"),
        chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(b"https://x.org/2")),
        chunk(b"iTXt", keyword.encode() + b"\0\0\0\0\0old"),
    ]

    again = bake_png(split_png(_with(*older)), {"openbadges": "new"})

    assert again == bake_png(PARTS, {"openbadges": "new"})


def test_other_texts_of_a_picture_are_not_badge_data() -> None:
    other = chunk(b"tEXt", b"openbadgesque\0x") + chunk(b"iTXt", b"Title\0\0\0\0\0openbadges")

    assert split_png(_with(other)) == BakeablePng(PARTS.head, other + PARTS.tail)
    assert read_png(_with(other)) == {}


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_a_text_that_no_png_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"NUL|surrogates"):
        bake_png(PARTS, {"openbadges": text})


@pytest.mark.parametrize(
    "baked",
    [
        chunk(b"iTXt", b"openbadges\0\0\0\0\0" + "é{}".encode()),
        chunk(b"iTXt", b"openbadges\0\0\0en-GB\0badge\0" + "é{}".encode()),
        chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress("é{}".encode())),
        chunk(b"tEXt", b"openbadges\0" + "é{}".encode("latin-1")),
        chunk(b"zTXt", b"openbadges\0\0" + zlib.compress("é{}".encode("latin-1"))),
    ],
    ids=["plain", "language tag", "compressed", "tEXt", "zTXt"],
)
def test_every_form_of_the_format_is_read(baked: bytes) -> None:
    assert read_png(_with(baked)) == {"openbadges": "é{}"}


def test_the_older_form_may_stand_beside_the_newer_and_tell_of_the_same_award_alone() -> None:
    for said, older in (
        ('{"id": "https://x/1"}', "https://x/1"),
        ('{"id": "https:\\/\\/x\\/1"}', "http://x/1"),
        ('{"uid": "1", "verify": {"url": "https://x/1"}}', "https://x/1"),
        ('{"id": "https://x/1"}', '{"id": "https://x/1", "then": "another copy"}'),
    ):
        two = chunk(b"tEXt", b"openbadges\0" + older.encode()) + chunk(b"iTXt", b"openbadges\0\0\0\0\0" + said.encode())
        assert read_png(_with(two)) == {"openbadges": said}
        other = chunk(b"tEXt", b"openbadges\0" + older.replace("/1", "/2").encode())
        for first, second in ((two, other), (other, two)):
            with pytest.raises(PictureError, match="two different badges"):
                read_png(_with(first + second))
    with pytest.raises(PictureError, match="two different badges"):
        read_png(_with(chunk(b"tEXt", b"openbadges\0" + b"[" * 9_999) + two))


@pytest.mark.parametrize(
    "baked",
    [
        chunk(b"iTXt", b"openbadges\0\0"),
        chunk(b"iTXt", b"openbadges\0\0\0en"),
        chunk(b"iTXt", b"openbadges\0\2\0\0\0x"),
        chunk(b"iTXt", b"openbadges\0\0\0\0\0\xff"),
        chunk(b"iTXt", b"openbadges\0\1\0\0\0not packed"),
        chunk(b"iTXt", b"openbadges\0\1\1\0\0" + zlib.compress(b"x")),
        chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b"x" * 99)[:-6]),
        chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b"x" * (MAX_TEXT * 50))),
        chunk(b"iTXt", b"openbadges\0\0\0\0\0" + b"x" * (MAX_TEXT + 1)),
    ],
    ids=["short", "no text", "flag", "not UTF-8", "not zlib", "method", "cut off", "bomb", "long"],
)
def test_broken_badge_data_is_refused(baked: bytes) -> None:
    with pytest.raises(PictureError):
        read_png(_with(baked))


def test_a_text_bomb_is_not_unpacked() -> None:
    bomb = _with(chunk(b"iTXt", b"openbadges\0\1\0\0\0" + zlib.compress(b"x" * (MAX_TEXT * 50))))

    tracemalloc.start()
    with pytest.raises(PictureError):
        read_png(bomb)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 4 * MAX_TEXT


@pytest.mark.parametrize(
    "png",
    [
        b"",
        SIGNATURE,
        PNG[:-1],
        PNG[: len(PNG) // 2],
        PNG.replace(b"IDAT", b"IDAX"),
        PNG[:60] + bytes([PNG[60] ^ 1]) + PNG[61:],
        SIGNATURE + chunk(b"IEND", b""),
        SIGNATURE + chunk(b"IHDR", b"short") + chunk(b"IEND", b""),
        SIGNATURE + chunk(b"IHDR", bytes(13)) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),
        PARTS.head + chunk(b"IEND", b""),
        PARTS.head + PARTS.head[8:] + PARTS.tail,
        SIGNATURE + b"\xff\xff\xff\xffIHDR",
    ],
)
def test_a_broken_frame_is_refused(png: bytes) -> None:
    with pytest.raises(PictureError):
        split_png(png)


def test_what_follows_the_end_of_the_picture_is_dropped() -> None:
    assert split_png(PNG + b"<script>") == PARTS


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_garbage_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    bodies = st.lists(
        st.builds(
            chunk,
            st.sampled_from([b"iTXt", b"tEXt", b"zTXt", b"IDAT", b"IHDR"]),
            st.binary(max_size=40).map(lambda tail: b"openbadges\0" + tail),
        ),
        max_size=4,
    )
    png = data.draw(
        st.one_of(
            st.binary(max_size=200),
            st.binary(max_size=200).map(lambda tail: SIGNATURE + tail),
            st.binary(max_size=200).map(lambda tail: PARTS.head + tail),
            bodies.map(lambda found: _with(*found)),
            st.integers(0, len(PNG) - 1).map(lambda at: PNG[:at] + bytes([PNG[at] ^ 0x55]) + PNG[at + 1 :]),
        )
    )

    for reader in (split_png, read_png):
        try:
            reader(png)
        except PictureError:
            continue
