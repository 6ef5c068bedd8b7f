"""Which awards of an issuer are revoked, as one bit for each: W3C Bitstring Status List v1.0.

A list is long, so that whoever asks for it does not say which award they look at (section 6.1).
"""

import base64
import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from lti_tool.words import to_say

ENTRIES = 131_072
MAX_BYTES = 4 * 1024 * 1024
MAX_TEXT = 8 * 1024 * 1024


class StatusListError(ValueError):
    """The list cannot be read, or does not say anything about this place."""


@dataclass(frozen=True)
class Bitstring:
    """A list as it was read: `7 in bits` says whether the eighth bit is set."""

    content: bytes

    def __len__(self) -> int:
        return 8 * len(self.content)

    def __contains__(self, index: int) -> bool:
        """Raises StatusListError for a place that the list does not have: nothing is known about it."""
        if not 0 <= index < len(self):
            raise StatusListError(to_say("the status list has no such place"))
        return bool(self.content[index // 8] & (0x80 >> index % 8))


def encode_bits(indexes: Iterable[int], *, entries: int = ENTRIES) -> str:
    """The set places as text: gzip, base64url, and a `u` that says so before it. The same places give the same text."""
    bits = bytearray(entries // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode_bits(text: str) -> Bitstring:
    """Raises StatusListError, for a list with fewer places than the standard asks too."""
    if not text.startswith("u") or len(text) > MAX_TEXT or not text.isascii():
        raise StatusListError(to_say("the status list is no multibase text"))
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        inflater = zlib.decompressobj(wbits=31)  # gzip
        bits = inflater.decompress(packed, MAX_BYTES + 1)
    except (ValueError, zlib.error) as error:
        raise StatusListError(to_say("the status list cannot be unpacked")) from error
    if len(bits) > MAX_BYTES:
        raise StatusListError(to_say("the status list is too long"))
    if not inflater.eof:
        raise StatusListError(to_say("the status list is cut off"))
    if 8 * len(bits) < ENTRIES:
        raise StatusListError(to_say("the status list is too short"))
    return Bitstring(bits)


def place_of(number: int) -> tuple[int, int]:
    """In which list an award stands, and at which place of it."""
    return divmod(number, ENTRIES)
