"""The frame of a PNG file: a signature and a row of chunks, each with its length, type and checksum.

Reading chunks needs no picture library and no decoding, which makes baking fast and lets an upload be
measured before anything decodes it. https://www.w3.org/TR/png-3/#5DataRep
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from lti_tool.words import to_say

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class PictureError(ValueError):
    """The bytes are not the picture they claim to be, or break the rules of its format."""


class Chunk(NamedTuple):
    """One chunk: `kind` is its four letters, `whole` all its bytes (length, kind, body, checksum)."""

    kind: bytes
    whole: bytes

    @property
    def body(self) -> bytes:
        return self.whole[8:-4]


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk with its length and checksum."""
    content = kind + body
    return b"".join((len(body).to_bytes(4, "big"), content, zlib.crc32(content).to_bytes(4, "big")))


def chunks(png: bytes) -> Iterator[Chunk]:
    """The chunks from IHDR to IEND. Bytes after IEND are no part of the picture and are not given.

    Raises PictureError when the signature, a length, a kind or a checksum is wrong, or IHDR is not first.
    """
    if not png.startswith(SIGNATURE):
        raise PictureError(to_say("no PNG signature"))
    position = len(SIGNATURE)
    while True:
        found = _chunk_at(png, position)
        if (found.kind == b"IHDR") != (position == len(SIGNATURE)):
            raise PictureError(to_say("IHDR is not the first chunk, and the first only"))
        yield found
        if found.kind == b"IEND":
            return
        position += len(found.whole)


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels, as the header says them. Raises PictureError."""
    header = next(chunks(png)).body
    if len(header) != 13:
        raise PictureError(to_say("IHDR is not 13 bytes long"))
    width, height = struct.unpack(">II", header[:8])
    return width, height


def _chunk_at(png: bytes, position: int) -> Chunk:
    if len(png) < position + 12:
        raise PictureError(to_say("the file ends before IEND"))
    length = int.from_bytes(png[position : position + 4], "big")
    kind = png[position + 4 : position + 8]
    end = position + 12 + length
    if not (kind.isalpha() and kind.isascii()) or end > len(png):
        raise PictureError(to_say("a chunk is broken or cut off"))
    if zlib.crc32(png[position + 4 : end - 4]) != int.from_bytes(png[end - 4 : end], "big"):
        raise PictureError(to_say("a checksum is wrong"))
    return Chunk(kind, png[position:end])
