"""All that is kept of a person as one ZIP file.

Whatever people typed becomes the content of a file there, never the path of one.
"""

from collections.abc import Iterator

from flask_babel import gettext as _

from lti_tool import clock
from lti_tool.db import db
from lti_tool.people.privacy.keeping import Part, Whose, keepers
from lti_tool.zipped import zipped


def export_name() -> str:
    """It names nobody: downloads lie about."""
    return str(_("My data %(day)s.zip", day=f"{clock.now():%Y-%m-%d}"))


def packed(person: Whose) -> Iterator[bytes]:
    """The file in pieces."""
    return zipped(_files(person))


def _files(person: Whose) -> Iterator[tuple[str, list[bytes]]]:
    """One part is read at a time, and while it is sent no transaction is open."""
    for part in _parts(person):
        data = part.read()
        db.session.remove()
        yield part.path, [data]


def _parts(person: Whose) -> Iterator[Part]:
    words = _(
        "This file holds what is kept about one person. Each .json file is a list that any text editor shows; files"
        " that were handed in, badges and badges from elsewhere lie beside them as they are. Of any kind there are no"
        " more than 5,000 lines and 500 files: the newest."
    )
    yield Part("README.txt", f"{words}\n".encode)
    for keeper in reversed(keepers()):
        yield from keeper.parts(person)
