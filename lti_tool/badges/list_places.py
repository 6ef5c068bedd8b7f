"""Lists are read on from behind the place of their last line, so that no page has a gap or a double (keyset paging)."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select

from lti_tool.db import db
from lti_tool.errors import Problem


def place_in_list(place: Select[*tuple[Any, ...]]) -> tuple[Any, ...]:
    """The columns that a list is ordered by, of its line that `place` finds. Raises `Problem` bad_request."""
    found = db.session.execute(place).one_or_none()
    if found is None:
        raise Problem("bad_request", _('Nothing in this list is at the place that "after" names.'))
    return tuple(found)
