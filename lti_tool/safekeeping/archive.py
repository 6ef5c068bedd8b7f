"""The file of a backup: a tar that is written and read from front to back, so memory stays flat however much it holds.

`about.json` says what is inside; then the rows, table by table, in parts of JSON lines; then the files, each under its
key; `seal.json` is the last and holds what proves all before it. A file without it was cut off. Nothing is ever
unpacked by its name: a name that does not come next in this order ends the reading.
"""

import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from lti_tool.safekeeping.answers import NotDone
from lti_tool.safekeeping.portable import PortableRow
from lti_tool.storage import key_of

_ABOUT, _SEAL = "about.json", "seal.json"
_PART = 1024 * 1024
_LARGEST_PART = 64 * 1024 * 1024
_FILE = re.compile(r"files/([0-9a-f]{64})")
_GZIP = 31  # what zlib calls the form that `gunzip` reads

STRANGE = "This is no backup of this tool."
FOREIGN = "The backup holds something that this tool puts into none: it was changed, or somebody else made it."
CUT_OFF = "The backup ends before its end: it was cut off. Take another one."
DAMAGED = "The backup is damaged: what it holds is not what was written into it. Take another one."


class OneTable(BaseModel):
    """How many rows of it are inside, and the order of their values."""

    columns: list[str]
    rows: int


class About(BaseModel):
    """What is inside. `revision` is the schema's; `files` counts those that rows name."""

    backup: Literal["lti-tool 1"]
    made_at: str
    revision: str
    tables: dict[str, OneTable]
    files: int


class Seal(BaseModel):
    """`fingerprints` are of the tables' rows; `missing` are files that rows name and that were not there."""

    fingerprints: dict[str, str]
    missing: list[str]
    digest: str


Said = TypeVar("Said", About, Seal)


class Digest:
    """Of every part so far: its name and what is in it."""

    def __init__(self) -> None:
        self._made = sha256()

    def add(self, name: str, data: bytes) -> None:
        self._made.update(f"{name}\n{len(data)}\n".encode() + data)

    @property
    def digits(self) -> str:
        return self._made.hexdigest()


class ArchiveWriter:
    """Its callers keep the order that stands at the top."""

    def __init__(self, out: BinaryIO) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115 - closed by `seal`
        self._digest = Digest()

    def about(self, about: About) -> None:
        self._add(_ABOUT, about.model_dump_json(indent=1).encode())

    def rows(self, table: str, lines: Iterable[bytes]) -> None:
        for number, part in enumerate(_parts(lines)):
            self._add(_row_part(table, number), _packed(part))

    def file(self, key: str, data: bytes) -> None:
        self._add(f"files/{key}", data)

    def seal(self, *, fingerprints: dict[str, str], missing: list[str]) -> None:
        seal = Seal(fingerprints=fingerprints, missing=missing, digest=self._digest.digits)
        self._add(_SEAL, seal.model_dump_json(indent=1).encode())
        self._tar.close()

    def _add(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))
        self._tar.members.clear()  # type: ignore[attr-defined]  # it would remember each
        self._digest.add(name, data)


@dataclass(frozen=True)
class _Part:
    name: str
    data: bytes


class ArchiveReader:
    """Reads in the order that stands at the top: `about`, `rows` of each table, `files`, `seal`."""

    def __init__(self, file: BinaryIO) -> None:
        self._digest = Digest()
        self._arriving = _read_parts(file)
        self._next = next(self._arriving, None)
        if self._next is None or self._next.name != _ABOUT:
            raise NotDone(STRANGE)
        self.about = _understood(About, self._take())

    def rows(self, table: str) -> Iterator[PortableRow]:
        number, length = 0, len(self.about.tables[table].columns)
        while self._next and self._next.name == _row_part(table, number):
            for line in _lines(_unpacked(self._take())):
                yield _row(line, length)
            number += 1

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Each once: their keys grow."""
        before = ""
        while self._next and (named := _FILE.fullmatch(self._next.name)) and named[1] > before:
            before, data = named[1], self._take()
            if key_of(data) != before:
                raise NotDone(DAMAGED)
            yield before, data

    def seal(self) -> Seal:
        digest = self._digest.digits
        if self._next is None:
            raise NotDone(CUT_OFF)
        if self._next.name != _SEAL:
            raise NotDone(FOREIGN)
        seal = _understood(Seal, self._take())
        if seal.digest != digest or self._next is not None:
            raise NotDone(DAMAGED)
        return seal

    def _take(self) -> bytes:
        if self._next is None:
            raise NotDone(CUT_OFF)
        taken = self._next
        self._digest.add(taken.name, taken.data)
        self._next = next(self._arriving, None)
        return taken.data


def _read_parts(file: BinaryIO) -> Iterator[_Part]:
    begun = False
    try:
        with tarfile.open(fileobj=file, mode="r|") as tar:
            while (entry := tar.next()) is not None:
                begun = begun or entry.name == _ABOUT
                yield _Part(entry.name, _read_part(tar, entry))
                tar.members.clear()  # type: ignore[attr-defined]
    except tarfile.TarError:
        raise NotDone(CUT_OFF if begun else STRANGE) from None


def _read_part(tar: tarfile.TarFile, entry: tarfile.TarInfo) -> bytes:
    """No link, device or folder is ever in a backup, and no file that says it is larger than what lies there."""
    if entry.type != tarfile.REGTYPE or entry.issparse():
        raise NotDone(FOREIGN)
    opened = tar.extractfile(entry)
    data = opened.read() if opened else b""
    if len(data) != entry.size:
        raise NotDone(CUT_OFF)
    return data


def _row_part(table: str, number: int) -> str:
    return f"rows/{table}/{number:06}.jsonl.gz"


def _parts(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Of a megabyte, or of one line that is longer."""
    part = bytearray()
    for line in lines:
        part += line + b"\n"
        if len(part) >= _PART:
            yield bytes(part)
            part.clear()
    if part:
        yield bytes(part)


def _packed(part: bytes) -> bytes:
    if len(part) >= _LARGEST_PART:
        raise NotDone("A row is too large to be kept in a backup.")  # nothing in the house comes near it
    packing = zlib.compressobj(level=6, wbits=_GZIP)
    return packing.compress(part) + packing.flush()


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(wbits=_GZIP)
    try:
        part = unpacking.decompress(data, _LARGEST_PART)  # a small one may unpack to a very large one
    except zlib.error:
        raise NotDone(DAMAGED) from None
    if not unpacking.eof or unpacking.unused_data:
        raise NotDone(DAMAGED)
    return part


def _lines(part: bytes) -> list[str]:
    """Only a line feed ends one: a text in a row may hold what Python counts among the ends of a line."""
    try:
        return part.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise NotDone(DAMAGED) from None


def _row(line: str, length: int) -> PortableRow:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise NotDone(DAMAGED) from None
    if not isinstance(row, list) or len(row) != length:
        raise NotDone(DAMAGED)
    return row


def _understood(kind: type[Said], data: bytes) -> Said:
    try:
        return kind.model_validate_json(data)
    except ValidationError:
        raise NotDone(STRANGE if kind is About else DAMAGED) from None
