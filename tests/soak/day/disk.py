"""A small disk of its own for the folder of files, so that it can be full while everything else goes on.

Whoever may mount gets a real one in memory (tmpfs); anybody else has the next best, which is said in the report: none,
and the disk is never full.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MEGABYTES = 48
_PIECE = 64 * 1024


@dataclass(frozen=True)
class Disk:
    """`beside` is the folder of the tool's data; its folder `files` is the disk, if it could be mounted."""

    beside: Path
    is_real: bool

    @property
    def files(self) -> Path:
        return self.beside / "files"

    def fill(self) -> int:
        """Write until nothing more goes in. Answers how many bytes that were."""
        written = 0
        with (self.files / "ballast").open("wb", buffering=0) as ballast:
            for size in (_PIECE, 4096):
                try:
                    while True:
                        written += ballast.write(b"\0" * size)
                except OSError:
                    continue
        return written

    def clear(self) -> None:
        (self.files / "ballast").unlink(missing_ok=True)


@contextmanager
def small_disk() -> Iterator[Disk]:
    folder = Path(tempfile.mkdtemp(prefix="soak-day-"))
    disk = Disk(folder, _mounted(folder / "files"))
    try:
        yield disk
    finally:
        if disk.is_real:
            subprocess.run(["umount", "--lazy", str(disk.files)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _mounted(place: Path) -> bool:
    place.mkdir()
    if os.getuid() != 0:
        return False
    words = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "tmpfs", str(place)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
