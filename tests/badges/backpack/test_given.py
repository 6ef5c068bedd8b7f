"""What somebody brings is told apart by what it is, never by its name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_tool.badges.verifying.checking import Given
from lti_tool.badges.verifying.given import NotUnderstood, bytes_of, form_of, given_again, given_file, given_text
from tests.make.foreign_badge import picture

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (picture(), "png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><svg/>", "svg"),
        (b' {"type": "Assertion"}', "json"),
        (f"{JWT}\n".encode(), "jwt"),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, form: str) -> None:
    assert form_of(given_file(data)) == form


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\xff\xd8\xff\xe0", b"just words", b"\x00\x01", b"[1, 2]"])
def test_a_file_that_is_no_badge_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(NotUnderstood, match=r"file|picture"):
        given_file(data)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('\n{"a": 1} ', Given("json", '{"a": 1}')),
        ("https://badges.example/1", Given("url", "https://badges.example/1")),
        (f"{JWT[:20]}\r\n{JWT[20:]}", Given("jwt", JWT)),
    ],
)
def test_a_pasted_text_is_json_a_jwt_or_an_address(text: str, found: Given) -> None:
    assert given_text(text) == found


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
@settings(max_examples=50, deadline=None)
def test_whatever_is_brought_is_understood_the_same_again_or_refused(data: bytes) -> None:
    try:
        brought = given_file(data)
    except NotUnderstood:
        return
    assert given_again(form_of(brought), bytes_of(brought)) == brought
