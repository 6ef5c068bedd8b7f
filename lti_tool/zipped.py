"""A ZIP file that is sent while it is made, so that its size costs no memory."""

import zipfile
from collections.abc import Iterable, Iterator

from lti_tool import clock

_COMPRESSED = (".png", ".jpg", ".pdf", ".zip")
_READABLE = 0o644 << 16  # what systems with modes make of a file in it


class _Pipe:
    """Takes what `zipfile` writes, until somebody fetches it. It cannot be wound back: then `zipfile` does not try."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def write(self, data: bytes) -> int:
        self._waiting += data
        return len(data)

    def flush(self) -> None: ...

    def fetch(self) -> bytes:
        data = bytes(self._waiting)
        self._waiting.clear()
        return data


def zipped(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The archive in pieces. `files` are paths with contents in pieces, each asked for when its turn comes; what is
    compressed already stays as it is.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]
        for path, pieces in files:
            info = zipfile.ZipInfo(path, clock.now().timetuple()[:6])
            info.external_attr = _READABLE
            info.compress_type = zipfile.ZIP_STORED if path.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield pipe.fetch()
    yield pipe.fetch()
