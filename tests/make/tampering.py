"""Backups that somebody has changed: read and written with the standard library alone, seal included."""

import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

Parts = list[tuple[str, bytes]]


def parts_of(file: Path) -> Parts:
    with tarfile.open(file) as tar:
        return [(entry.name, opened.read()) for entry in tar if (opened := tar.extractfile(entry))]


def tampered(file: Path, change: Callable[[Parts], Parts], *, sealed_anew: bool = True) -> Path:
    """A copy of `file` with other parts; its seal proves these, as that of a clever forger would."""
    *parts, seal = parts_of(file)
    parts = change(parts)
    if sealed_anew:
        digest = sha256()
        for name, data in parts:
            digest.update(f"{name}\n{len(data)}\n".encode() + data)
        seal = (seal[0], json.dumps({**json.loads(seal[1]), "digest": digest.hexdigest()}).encode())
    return write(file.with_name("tampered.backup"), [*parts, seal])


def write(file: Path, parts: Parts) -> Path:
    with tarfile.open(file, "w") as tar:
        for name, data in parts:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return file


def with_link(file: Path, name: str, at: str, kind: bytes = tarfile.SYMTYPE) -> Path:
    """A copy whose second part is a link of this name."""
    linked = file.with_name("linked.backup")
    with tarfile.open(linked, "w") as tar:
        for number, (part, data) in enumerate(parts_of(file)):
            if number == 1:
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = kind, at
                tar.addfile(entry)
            entry = tarfile.TarInfo(part)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return linked
