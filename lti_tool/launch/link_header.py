"""Where a paged service leads on, read from its `Link` header in any spelling. Pure. (RFC 8288, section 3.)

A next link is opaque: its case and its query are the platform's business. Platforms spell the rest as they like, and
Moodle sends curly quotes and an HTML-escaped address. One walk over the text, so no header can keep us busy.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

LONGEST = 16 * 1024
_WHOLE = re.compile(r"https?://[^/?#\[\]]|https?://\[[0-9a-f:.]+\]", re.IGNORECASE)
_SPACE = " \t\r\n"
_QUOTES = {'"': '"', "“": "”", "”": "”"}


def next_link(header: str, base: str) -> str | None:
    """The address of the next page: see `link_to`."""
    return link_to("next", header, base)


def link_to(relation: str, header: str, base: str) -> str | None:
    """The address of the first link in `header` whose relations include `relation`, made absolute by `base`.

    `header` holds all `Link` headers of an answer, joined by commas, as HTTP libraries give it (bytes as Latin-1).
    None when there is no such link, or the header is longer than any honest one.
    """
    if len(header) > LONGEST:
        return None
    text = _as_sent(header)
    for target, relations in _links(text):
        if target and relation in relations:
            return _absolute(target, base)
    return None


def _absolute(target: str, base: str) -> str | None:
    """A whole address stays as it was sent, to the letter; only a relative one is joined."""
    plain = target.partition("#")[0]
    try:
        return plain if _WHOLE.match(plain) else urljoin(base, plain)
    except ValueError:  # half a bracket
        return None


def _as_sent(header: str) -> str:
    """Headers arrive as Latin-1 (RFC 9110, section 5.5), and curly quotes were sent as UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _links(text: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each link's address and relation types, the latter in lower case."""
    at = 0
    while (start := text.find("<", at)) >= 0 and (end := text.find(">", start)) >= 0:
        target = text[start + 1 : end].strip().replace("&amp;", "&")
        at, relations = _parameters(text, end + 1)
        yield target, relations


def _parameters(text: str, at: int) -> tuple[int, frozenset[str]]:
    """Where the link that is read ends, and its relations; only the first `rel` counts (RFC 8288, section 3.3)."""
    relations: frozenset[str] | None = None
    while at < len(text) and text[at] != ",":
        if text[at] in _SPACE or text[at] == ";":
            at += 1
            continue
        at, name, value = _parameter(text, at)
        if name == "rel" and relations is None:
            relations = frozenset(value.lower().split())
    return at, relations or frozenset()


def _parameter(text: str, at: int) -> tuple[int, str, str]:
    start = at
    while at < len(text) and text[at] not in "=;,":
        at += 1
    name = text[start:at].strip().lower()
    if at == len(text) or text[at] != "=":
        return at, name, ""
    at += 1
    while at < len(text) and text[at] in _SPACE:
        at += 1
    at, value = _quoted(text, at) if text[at : at + 1] in _QUOTES else _token(text, at)
    return at, name, value


def _quoted(text: str, at: int) -> tuple[int, str]:
    closing, value = _QUOTES[text[at]], []
    at += 1
    while at < len(text) and text[at] != closing:
        at += 1 if text[at] == "\\" else 0
        value.append(text[at : at + 1])
        at += 1
    return at + 1, "".join(value)


def _token(text: str, at: int) -> tuple[int, str]:
    start = at
    while at < len(text) and text[at] not in ";,":
        at += 1
    return at, text[start:at].strip()
