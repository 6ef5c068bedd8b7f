"""What people write into badges, awards and issuers, made fit to keep."""

import re
from urllib.parse import urlsplit

from flask_babel import gettext as _

from lti_tool.errors import Problem
from lti_tool.words import said

LINK_LENGTH = 2000
# What no page and no database can carry: control marks but tab and line break, halves of characters, no characters.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_prose(text: str) -> str:
    """Several lines, in Markdown or plain, as any system may have ended them."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n")).strip()


def clean_link(url: str | None, what: str) -> str | None:
    """A web address, or None for none. Raises `Problem` bad_request, in a sentence that begins with `what` it is, a
    marked word.
    """
    address = (url or "").strip()
    if not address:
        return None
    if not is_link(address) or len(address) > LINK_LENGTH or not address.isprintable() or " " in address:
        sentence = _("%(what)s needs to be a web address that begins with https://.", what=said(what))
        raise Problem("bad_request", sentence)
    return address


def is_link(text: str) -> bool:
    """May a page lead there?"""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracket without its other half
        return False
