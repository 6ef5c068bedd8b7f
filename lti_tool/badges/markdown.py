"""Criteria as people write them, in Markdown, made safe to show."""

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from lti_tool.badges.model import TEXT_LENGTH

_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "h3", "h4", "hr"}
_parser = MarkdownIt("commonmark", {"html": False, "linkify": False})


def _below_our_headings(state: StateCore) -> None:
    """The text stands under an h2 of the page, so its highest heading is an h3."""
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h3" if token.tag in ("h1", "h2", "h3") else "h4"


_parser.core.ruler.push("below_our_headings", _below_our_headings)


def as_html(text: str) -> Markup:
    """HTML of a few harmless elements; links open nothing of ours and vouch for nothing.

    No text that is kept is longer than TEXT_LENGTH; of a longer one that somebody only looks at, no more is read: a
    megabyte of brackets would hold a process for minutes.
    """
    cleaned = nh3.clean(
        _parser.render(text[:TEXT_LENGTH]),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel="noopener nofollow ugc",
    )
    return Markup(cleaned)  # noqa: S704 - nh3 has just cleaned it
