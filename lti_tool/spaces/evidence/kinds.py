"""What a file that a learner hands in is: told by what is in it, never by its name or by what a browser says. Pure.

What is not on this list is not taken. Nothing is changed, and nothing is run: files are kept as they came, and served
so that no browser runs them.
"""

import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from PIL import Image

from lti_tool.people.names import clean_text
from lti_tool.spaces.evidence.packages import DAMAGED, PackageRefused, office_kind
from lti_tool.words import megabytes, said, to_say

NAME_LENGTH = 200
MOST_PIXELS = 80_000_000  # of a picture that browsers of reviewers have to draw
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken, what people call it, and how names of such files end."""

    media_type: str
    word: str
    endings: tuple[str, ...]


KINDS: Mapping[str, Kind] = {
    "png": Kind("image/png", to_say("a PNG picture"), ("png",)),
    "jpeg": Kind("image/jpeg", to_say("a JPEG picture"), ("jpg", "jpeg", "jpe", "jfif")),
    "gif": Kind("image/gif", to_say("a GIF picture"), ("gif",)),
    "webp": Kind("image/webp", to_say("a WebP picture"), ("webp",)),
    "pdf": Kind("application/pdf", to_say("a PDF"), ("pdf",)),
    "text": Kind("text/plain; charset=utf-8", to_say("plain text"), ("txt", "md", "csv", "tsv", "log", "tex", "bib")),
    "docx": Kind(f"{_OPEN_XML}.wordprocessingml.document", to_say("a Word document"), ("docx",)),
    "xlsx": Kind(f"{_OPEN_XML}.spreadsheetml.sheet", to_say("an Excel workbook"), ("xlsx",)),
    "pptx": Kind(f"{_OPEN_XML}.presentationml.presentation", to_say("a PowerPoint presentation"), ("pptx",)),
    "odt": Kind(f"{_OPEN_DOCUMENT}.text", to_say("an OpenDocument text"), ("odt",)),
    "ods": Kind(f"{_OPEN_DOCUMENT}.spreadsheet", to_say("an OpenDocument spreadsheet"), ("ods",)),
    "odp": Kind(f"{_OPEN_DOCUMENT}.presentation", to_say("an OpenDocument presentation"), ("odp",)),
    "mp3": Kind("audio/mpeg", to_say("an MP3 recording"), ("mp3",)),
    "wav": Kind("audio/wav", to_say("a WAV recording"), ("wav",)),
    "flac": Kind("audio/flac", to_say("a FLAC recording"), ("flac",)),
    "ogg": Kind("application/ogg", to_say("an Ogg recording"), ("ogg", "oga", "ogv", "opus")),
    "mp4": Kind("video/mp4", to_say("an MP4 recording"), ("mp4", "m4a", "m4v", "mov")),
    "webm": Kind("video/webm", to_say("a WebM recording"), ("webm", "weba", "mkv")),
}
TAKEN = to_say("PNG, JPEG, GIF and WebP pictures, PDF, plain text, documents of office programs, and recordings")

_BEGINNINGS = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"), (re.compile(rb"\xff\xd8\xff"), "jpeg"),
    (re.compile(rb"GIF8[79]a"), "gif"), (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "webp"),
    (re.compile(rb"%PDF-\d"), "pdf"), (re.compile(rb"RIFF.{4}WAVE", re.DOTALL), "wav"),
    (re.compile(rb"fLaC"), "flac"), (re.compile(rb"OggS"), "ogg"),
    (re.compile(rb"\0\0\0.ftyp(?!heic|heix|hevc|mif1|msf1|avif)", re.DOTALL), "mp4"),
    (re.compile(rb"\x1aE\xdf\xa3.{0,60}(?:webm|matroska)", re.DOTALL), "webm"),
    (re.compile(rb"ID3[\x02-\x04]|\xff[\xfa\xfb\xf2\xf3]"), "mp3"),
)  # fmt: skip
_KNOWN = (  # not taken, and worth a sentence of their own
    (re.compile(rb"\0\0\0.ftyp", re.DOTALL),
     to_say("“%(name)s” is a picture in a form that not every browser shows. Save it as JPEG.")),
    (re.compile(rb"\xd0\xcf\x11\xe0"),
     to_say("“%(name)s” is in an old office form. Save it as .docx, .xlsx or .pptx, or as a PDF.")),
    (re.compile(rb"MZ|\x7fELF|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|#!"), to_say("“%(name)s” is a program.")),
    (re.compile(rb"(?:\xef\xbb\xbf|\s|<!--.{0,500}?-->|<\?.{0,500}?\?>){0,300}<(?:svg|!doctype svg)",
                re.IGNORECASE | re.DOTALL),
     to_say("“%(name)s” is an SVG picture, which can hold programs. Save it as PNG.")),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s{0,200}<(?:!doctype html|html|head|body|script)", re.IGNORECASE),
     to_say("“%(name)s” is a web page, which can hold programs. Hand in its address as a link, or save it as a PDF.")),
)  # fmt: skip
_UNWRITTEN = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


class FileRefused(ValueError):  # noqa: N818 - it is what people read
    """A file that is not taken, in a sentence for whoever chose it."""


@dataclass(frozen=True)
class GoodFile:
    """A file that was looked at and is taken."""

    name: str
    media_type: str
    data: bytes


def checked_file(name: str, data: bytes, *, most_bytes: int) -> GoodFile:
    """The file under a name that hides nothing. Raises FileRefused."""
    shown = clean_file_name(name)
    if not data:
        raise FileRefused(_("“%(name)s” is empty. Look whether it was saved, and choose it again.", name=shown))
    if len(data) > most_bytes:
        raise FileRefused(
            _(
                "“%(name)s” is too large: a file may have up to %(most)s MB. Make it smaller, or put it where you can "
                "link to it.", name=shown, most=megabytes(most_bytes),
            )
        )
    kind = KINDS[_kind_of(shown, data)]
    return GoodFile(_named(shown, kind), kind.media_type, data)


def clean_file_name(name: str) -> str:
    """The last part of whatever path, in one line, without signs that hide or turn around what it says."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    cleaned = (clean_text(last, 1000) or "").lstrip(". ")
    stem, dot, ending = cleaned.rpartition(".")
    if len(cleaned) > NAME_LENGTH and dot and len(ending) <= 10:
        return f"{stem[: NAME_LENGTH - 11]}.{ending}"
    return cleaned[:NAME_LENGTH] or "file"


def _named(name: str, kind: Kind) -> str:
    """A name says what the file is: one that ends otherwise would be opened as something else."""
    dot, ending = name.rpartition(".")[1:]
    if not dot or not re.fullmatch("[A-Za-z0-9]{1,5}", ending):
        return f"{name[: NAME_LENGTH - 6]}.{kind.endings[0]}"
    if ending.lower() not in kind.endings:
        raise FileRefused(
            _(
                "“%(name)s” is not what its name says: it holds %(kind)s. Give it a name that ends in .%(ending)s, if "
                "that is what you want to hand in.", name=name, kind=said(kind.word), ending=kind.endings[0],
            )
        )
    return name


def _kind_of(name: str, data: bytes) -> str:
    """Raises FileRefused."""
    for pattern, kind in _BEGINNINGS:
        if pattern.match(data[:1000]):
            if KINDS[kind].media_type in PICTURES:
                _check_picture(name, data, kind)
            return kind
    if data.startswith(b"PK\x03\x04"):
        try:
            return office_kind(data)
        except PackageRefused as refused:
            raise FileRefused(_(str(refused), name=name)) from None
    for pattern, sentence in _KNOWN:
        if pattern.match(data[:2000]):
            raise FileRefused(_(sentence, name=name))
    if _is_text(data):
        return "text"
    raise FileRefused(
        _("“%(name)s” is of a kind that is not taken. You can hand in %(kinds)s.", name=name, kinds=said(TAKEN))
    )


def _check_picture(name: str, data: bytes, kind: str) -> None:
    """Its head only: whether it can be drawn at all, and not how."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind.upper()]) as picture:
            pixels = picture.width * picture.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pixels = MOST_PIXELS + 1
    except Exception:  # damaged pictures make Pillow raise many kinds of exceptions
        raise FileRefused(_(DAMAGED, name=name)) from None
    if pixels > MOST_PIXELS:
        raise FileRefused(
            _(
                "“%(name)s” has too many pixels: up to %(most)s million can be shown. Make it smaller.",
                name=name, most=MOST_PIXELS // 1_000_000,
            )
        )


def _is_text(data: bytes) -> bool:
    try:
        return not _UNWRITTEN.search(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return False
