"""What somebody brought, recognised by what it is: a file by its bytes, a text by how it begins. Pure."""

import re

from lti_tool.badges.openbadge.png import SIGNATURE
from lti_tool.badges.verifying.finding import Given
from lti_tool.words import to_say

_JWT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_SVG_BEGINS_WITHIN = 1024


class NotUnderstood(ValueError):  # noqa: N818 - it is the answer to whoever brought it
    """What was brought is no kind of badge, in a sentence for its field."""


def given_file(data: bytes) -> Given:
    """A picture, or a file that holds JSON or a JWT."""
    if not data:
        raise NotUnderstood(to_say("This file is empty."))
    if data.startswith(SIGNATURE):
        return Given("image", data)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise NotUnderstood(to_say("This is no PNG or SVG picture, and no text either.")) from None
    if text.startswith("{") or _JWT.fullmatch(text):
        return given_text(text)
    if "<" in text[:_SVG_BEGINS_WITHIN]:
        return Given("image", data)
    raise NotUnderstood(to_say("This file holds no badge: it is no PNG or SVG picture, no JSON and no JWT."))


def given_text(text: str) -> Given:
    """JSON, a JWT, or an address that was pasted into the wrong field."""
    text = text.strip().removeprefix("\ufeff")
    if text.startswith("{"):
        return Given("json", text)
    if text.lower().startswith(("https://", "http://")):
        return Given("url", text)
    if _JWT.fullmatch("".join(text.split())):
        return Given("jwt", "".join(text.split()))
    raise NotUnderstood(
        to_say(
            "This is no address, which begins with https://, and neither JSON, which begins with a brace, nor a JWT, "
            "which has three parts with dots."
        )
    )


def form_of(given: Given) -> str:
    """`png`, `svg`, `url`, `json` or `jwt`: how it is kept."""
    if given.kind != "image":
        return given.kind
    return "png" if bytes_of(given).startswith(SIGNATURE) else "svg"


def bytes_of(given: Given) -> bytes:
    return given.content if isinstance(given.content, bytes) else given.content.encode()


def given_again(form: str, original: bytes) -> Given:
    """The same as it was brought, from what was kept of it."""
    match form:
        case "png" | "svg":
            return Given("image", original)
        case "url" | "json" | "jwt":
            return Given(form, original.decode())
    raise ValueError(f"No badge is kept as {form}.")
