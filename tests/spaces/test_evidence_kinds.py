"""What a file is: told by its content, refused in words. Pure."""

import io
import struct
import wave
import zipfile
import zlib

import pytest

from lti_tool.spaces.evidence.kinds import NAME_LENGTH, FileRefused, checked_file, clean_file_name
from lti_tool.spaces.evidence.rules import link_for_award, shown_state, staff_may_see
from tests.make.evidence import a_package, a_picture

MOST = 100_000
PNG_HEAD = b"\x89PNG\r\n\x1a\n"


def a_recording() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", "none"))
        sound.writeframes(b"\0" * 100)
    return out.getvalue()


def a_huge_picture() -> bytes:
    """A few bytes that say they are 60,000 pixels wide and high."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return PNG_HEAD + struct.pack(">I", 13) + head + struct.pack(">II", zlib.crc32(head), 9) + b"IDAT"


def an_open_document(kind: str = "text", *more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        for name in ("content.xml", *more):
            package.writestr(name, "<xml/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.PNG", a_picture(), "image/png"),
        ("a.jpeg", a_picture("JPEG"), "image/jpeg"),
        ("a.gif", a_picture("GIF"), "image/gif"),
        ("a.webp", a_picture("WEBP"), "image/webp"),
        ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("notes.md", "# Über das Labor\n".encode(), "text/plain; charset=utf-8"),
        ("table.csv", b"\xef\xbb\xbfa;b\r\n1;2\r\n", "text/plain; charset=utf-8"),
        ("a.docx", a_package(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.odt", an_open_document(), "application/vnd.oasis.opendocument.text"),
        ("a.wav", a_recording(), "audio/wav"),
        ("a.mp3", b"ID3\x04\0\0\0\0\0\0", "audio/mpeg"),
        ("a.mov", b"\0\0\0\x14ftypqt  ", "video/mp4"),
        ("a.webm", b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm", "video/webm"),
    ],
)
def test_what_is_taken_is_told_by_its_content(name: str, data: bytes, kind: str) -> None:
    assert checked_file(name, data, most_bytes=MOST).media_type == kind


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.pdf", b"", "is empty"),
        ("huge.txt", b"a" * (MOST + 1), "too large"),
        ("bomb.png", a_huge_picture(), "too many pixels"),
        ("broken.png", PNG_HEAD + b"nothing", "damaged"),
        ("report.pdf", a_picture(), "it holds a PNG picture"),
        ("picture.png", b"plain words", "it holds plain text"),
        ("me.svg", b"<?xml version='1.0'?>\n<!-- x --><svg xmlns='x'/>", "SVG"),
        ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "web page"),
        ("setup.txt", b"MZ\x90\0", "a program"),
        ("run.txt", b"#!/bin/sh\nrm -rf /", "a program"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old office form"),
        ("photo.heic", b"\0\0\0\x18ftypheic", "Save it as JPEG"),
        ("odd.bin", b"\0\1\2\3", "kind that is not taken"),
        ("all.zip", a_package("a.txt"), "is an archive"),
        ("macro.docx", a_package("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "holds macros"),
        ("macro.odt", an_open_document("text", "Basic/script-lc.xml"), "holds macros"),
        ("out.docx", a_package("[Content_Types].xml", "word/x", "../../etc/passwd"), "put outside"),
        ("bomb.docx", a_package("[Content_Types].xml", "word/document.xml", content=b"\0" * 20_000_000), "too large"),
        ("cut.docx", a_package()[:-30], "damaged"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_in_words(name: str, data: bytes, words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        checked_file(name, data, most_bytes=MOST)
    assert words in str(refused.value)
    assert str(refused.value).startswith(f"“{name}” ")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\ada\\notes.txt", "notes.txt"),
        ("..\\..", "file"),
        ("", "file"),
        ("a\u202egnp.exe", "a gnp.exe"),
        ("new\r\nline.txt", "new line.txt"),
        (".htaccess", "htaccess"),
        ("x" * 300 + ".pdf", "x" * (NAME_LENGTH - 11) + ".pdf"),
    ],
)
def test_a_name_is_no_path_and_hides_nothing(given: str, shown: str) -> None:
    assert clean_file_name(given) == shown


def test_a_file_without_an_ending_gets_that_of_its_kind() -> None:
    assert checked_file("image", a_picture("JPEG"), most_bytes=MOST).name == "image.jpg"


def test_the_rules_of_an_attempt() -> None:
    attempts = (["returned", "waiting"], ["returned", "withdrawn"], ["accepted"], [])
    assert [shown_state(states) for states in attempts] == ["waiting", "returned", None, None]
    assert [staff_may_see(state, is_opened=opened) for state, opened in (
        ("draft", False), ("waiting", False), ("withdrawn", False), ("withdrawn", True), ("accepted", True),
    )] == [False, True, False, True, True]  # fmt: skip
    one = ["https://a.example"]
    assert [link_for_award(shares=shares, links=links) for shares, links in (
        (True, one), (False, one), (True, one * 2), (True, []),
    )] == [one[0], None, None, None]  # fmt: skip
