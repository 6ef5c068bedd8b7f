"""Documents of office programs are ZIP files. They are looked at from outside, by their list of contents: nothing in
them is expanded here, and one that would expand without end goes to nobody. Pure.
"""

import io
import zipfile

from lti_tool.words import to_say

MOST_PARTS = 10_000
MOST_EXPANDED = 512 * 1024 * 1024
MOST_TIMES = 200  # how many times larger than the file; text of a table comes near a hundred
_SMALL = 16 * 1024 * 1024  # expanded to no more than this, nothing is a bomb

_OFFICE_OPEN = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
DAMAGED = to_say("“%(name)s” is damaged and cannot be opened. Save it again, and choose it once more.")
_PROGRAMS = ("vbaproject", "basic/", "scripts/", "activex", "macrosheets/")


class PackageRefused(ValueError):  # noqa: N818 - it is what people read
    """A ZIP file that is not taken, with the sentence for whoever brought it, in which the file's name has a place."""


def office_kind(data: bytes) -> str:
    """`docx`, `odt` and so on. Raises PackageRefused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _check(parts, len(data))
            kind = _open_document(data) or _office_open([part.filename for part in parts])
    except PackageRefused:
        raise
    except Exception:  # what a broken list of contents makes `zipfile` raise is of many kinds
        raise PackageRefused(DAMAGED) from None
    if kind is None:
        raise PackageRefused(to_say("“%(name)s” is an archive. Take the files out of it, and choose them one by one."))
    return kind


def _check(parts: list[zipfile.ZipInfo], size: int) -> None:
    expanded = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or expanded > MOST_EXPANDED or expanded > max(_SMALL, size * MOST_TIMES):
        raise PackageRefused(
            to_say("“%(name)s” would become far too large when it is opened. Save it again, or as a PDF.")
        )
    if sum(part.compress_size for part in parts) > size:
        raise PackageRefused(
            to_say("“%(name)s” is not what it says it is: its parts overlap. Save it again, or as a PDF.")
        )
    names = [part.filename.replace("\\", "/") for part in parts]
    if any(name.startswith("/") or ".." in name.split("/") or name[1:2] == ":" for name in names):
        raise PackageRefused(
            to_say("“%(name)s” has parts that would be put outside of it. Save it again, or as a PDF.")
        )
    if any(word in name.lower() for name in names for word in _PROGRAMS):
        raise PackageRefused(
            to_say("“%(name)s” holds macros, which are programs. Save it without them, or as a PDF.")
        )


def _office_open(names: list[str]) -> str | None:
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for folder, kind in _OFFICE_OPEN.items() if any(one.startswith(folder) for one in names)), None)


def _open_document(data: bytes) -> str | None:
    """Its kind stands uncompressed at the very beginning (OpenDocument 1.2, part 3, section 3.3)."""
    length = int.from_bytes(data[26:28], "little")
    extra = int.from_bytes(data[28:30], "little")
    if data[30 : 30 + length] != b"mimetype" or data[8:10] != b"\0\0":
        return None
    begins = 30 + length + extra
    size = int.from_bytes(data[18:22], "little")
    return _OPEN_DOCUMENT.get(data[begins : begins + size]) if size < 100 else None
