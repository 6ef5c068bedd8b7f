"""Web addresses that others give us: only whole and plain ones, because they end up in headers and frames of ours."""

import re
from urllib.parse import urlsplit

# A host that a security policy can name; anything else in its place could add a rule to the policy.
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-fA-F:.]+\](:[0-9]{1,5})?")


def is_web_address(text: str) -> bool:
    """Whether this is a whole http or https address, printable, with a plain host and no fragment."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = text.isprintable() and " " not in text and not parts.fragment
    return plain and parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) is not None


def origin_of(url: str) -> str:
    """Scheme, host and port of a web address, as a browser compares them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
