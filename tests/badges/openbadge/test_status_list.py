"""Status lists: one bit for each award, the first one highest, and a list that does not say it says nothing."""

import base64
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.openbadge.status_list import (
    ENTRIES,
    MAX_BYTES,
    StatusListError,
    decode_bits,
    encode_bits,
    place_of,
)


def text_of(packed: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


@given(st.sets(st.integers(0, ENTRIES - 1), max_size=30))
@settings(max_examples=30, deadline=None)
def test_what_is_set_is_read_back_and_nothing_else(indexes: set[int]) -> None:
    bits = decode_bits(encode_bits(indexes))

    assert {index for index in [*indexes, 0, 1, ENTRIES - 1] if index in bits} == indexes
    assert sum(byte.bit_count() for byte in bits.content) == len(indexes)


def test_the_first_award_has_the_highest_bit_and_the_same_list_is_the_same_text() -> None:
    assert decode_bits(encode_bits([0, 9])).content[:2] == b"\x80\x40"
    assert encode_bits([5, 3]) == encode_bits(iter([3, 5]))
    assert len(decode_bits(encode_bits([]))) == ENTRIES == 131_072


def test_a_place_that_the_list_does_not_have_says_nothing() -> None:
    bits = decode_bits(encode_bits([]))

    for index in (-1, ENTRIES):
        with pytest.raises(StatusListError):
            assert index in bits


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no multibase"),
        ("z" + encode_bits([])[1:], "no multibase"),
        ("u\u00e9", "no multibase"),
        ("u", "cut off"),
        ("u!!!!", "unpacked"),
        (text_of(b"not gzip at all"), "unpacked"),
        (text_of(gzip.compress(bytes(ENTRIES // 8 - 1), mtime=0)), "too short"),
        (text_of(gzip.compress(bytes(MAX_BYTES + 1), mtime=0)), "too long"),
        (text_of(gzip.compress(bytes(200_000_000), 1, mtime=0)), "too long"),
        (text_of(gzip.compress(bytes(ENTRIES // 8), mtime=0)[:-9]), "cut off"),
    ],
)
def test_a_list_that_cannot_be_trusted_to_be_whole_is_refused(text: str, why: str) -> None:
    with pytest.raises(StatusListError, match=why):
        decode_bits(text)


@given(st.text(max_size=40).map("u".__add__) | st.binary(max_size=60).map(text_of))
@settings(max_examples=50, deadline=None)
def test_garbage_is_refused_and_nothing_else(text: str) -> None:
    with pytest.raises(StatusListError):
        decode_bits(text)


def test_awards_fill_one_list_after_the_other() -> None:
    assert [place_of(number) for number in (0, ENTRIES - 1, ENTRIES, 1_000_000)] == [
        (0, 0), (0, 131_071), (1, 0), (7, 82_496),
    ]  # fmt: skip
