"""Forms that somebody works on for an hour: refused for whatever reason, their words are shown back and kept nowhere.

A visit may have ended meanwhile, or the Space. Whoever wrote is told so, and copies what they wrote.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from lti_tool.settings import Settings
from lti_tool.words import said

Page = TypeVar("Page", bound=Callable[..., Any])
_AROUND = 1024 * 1024  # the words, and what stands between the files


@dataclass(frozen=True)
class Work:
    """How large the files of such a form may be together, and its fields for words with what they are called."""

    most_bytes: Callable[[Settings], int]
    words: Mapping[str, str]


def takes_work(work: Work) -> Callable[[Page], Page]:
    """Mark a page whose form is such work."""

    def mark(page: Page) -> Page:
        page.work = work  # type: ignore[attr-defined]
        return page

    return mark


def most_bytes_of(endpoint: str | None) -> int | None:
    """How long a request to this page may be, where the page says so."""
    work = _work_of(endpoint)
    return work.most_bytes(current_app.extensions["settings"]) + _AROUND if work else None


def words_back() -> list[tuple[str, str]]:
    """What was typed into the form of this request. Only what a page of ours sent: nobody else makes this tool say what
    they like.
    """
    work = _work_of(request.endpoint) if request.method == "POST" else None
    if work is None or request.headers.get("Origin") != current_app.extensions["settings"].origin:
        return []
    try:
        typed = [(said(label), request.form.get(name, "")) for name, label in work.words.items()]
    except HTTPException:  # what is too long to be read cannot be shown either
        return []
    return [(label, words.replace("\x00", "")) for label, words in typed if words.strip()]


def _work_of(endpoint: str | None) -> Work | None:
    work: Work | None = getattr(current_app.view_functions.get(endpoint or ""), "work", None)
    return work
