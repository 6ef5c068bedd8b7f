"""All that is kept of a person as one ZIP file, sent while it is made, so that its size costs no memory.

Whatever people typed becomes the content of a file there, never the path of one.
"""

import zipfile
from collections.abc import Iterator

from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.db import db
from lti_tool.people.privacy.keeping import Part, Whose, keepers

_STORED = (".png", ".jpg", ".pdf", ".zip")


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


def export_name() -> str:
    """It names nobody: downloads lie about."""
    return str(_("My data %(day)s.zip", day=f"{clock.now():%Y-%m-%d}"))


def packed(person: Whose) -> Iterator[bytes]:
    """The file in pieces. One part is read at a time, and between two of them no transaction is open."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as file:  # type: ignore[call-overload]
        for part in _parts(person):
            method = zipfile.ZIP_STORED if part.path.endswith(_STORED) else zipfile.ZIP_DEFLATED
            info = zipfile.ZipInfo(part.path, clock.now().timetuple()[:6])
            info.external_attr = 0o644 << 16
            file.writestr(info, part.read(), compress_type=method)
            yield pipe.fetch()
            db.session.remove()
    yield pipe.fetch()


def _parts(person: Whose) -> Iterator[Part]:
    words = _(
        "This file holds what is kept about one person. Each .json file is a list that any text editor shows; files"
        " that were handed in, badges and badges from elsewhere lie beside them as they are. Of any kind there are no"
        " more than 5,000 lines and 500 files: the newest."
    )
    yield Part("README.txt", f"{words}\n".encode)
    for keeper in reversed(keepers()):
        yield from keeper.parts(person)
