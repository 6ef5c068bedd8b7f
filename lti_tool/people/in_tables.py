"""Who a row of a table is about: the address and the name that its cells say. Pure."""

from collections.abc import Mapping

from flask_babel import gettext as _

from lti_tool.people.names import clean_email, clean_text
from lti_tool.table.headings import EMAIL, FAMILY, GIVEN, NAME

_QUOTED = 80  # of a cell, in a sentence about it


def email_in(cells: Mapping[str, str]) -> str:
    """Raises ValueError, in a sentence."""
    text = cells.get(EMAIL, "")
    if not text:
        raise ValueError(_("There is no e-mail address in this row."))
    email = clean_email(text)
    if email is None:
        raise ValueError(_("“%(text)s” is not an e-mail address.", text=text[:_QUOTED]))
    return email


def name_in(cells: Mapping[str, str]) -> str | None:
    whole = clean_text(cells.get(NAME, ""))
    return whole or clean_text(" ".join((cells.get(GIVEN, ""), cells.get(FAMILY, ""))))
