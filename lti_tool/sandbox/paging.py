"""Lists in pages, and the opaque bookmarks that stand for a page in an address.

A bookmark is good for the address it was made for and nothing else: lower-cased, decoded twice or with a
parameter added, it is refused. It remembers the list as it was, so that pages never overlap.
"""

import secrets
import threading
from dataclasses import dataclass, replace
from typing import Any

_KEPT = 5_000
PARAMETER = "page"


@dataclass(frozen=True)
class Page:
    """One page of a list: which entries, from where, how many at most.

    `link_id` is the resource link the list was narrowed to, if any; `with_groups`: members name their groups. `rest`
    takes the place of the entries from the second page on. `known` is what a list of differences is compared with: what
    every subject was then.
    """

    path: str
    entries: tuple[Any, ...]
    size: int
    start: int = 0
    link_id: str | None = None
    with_groups: bool = False
    rest: tuple[Any, ...] | None = None
    known: dict[str, dict[str, Any]] | None = None

    @property
    def number(self) -> int:
        """The page's number, from 1."""
        return self.start // self.size + 1

    @property
    def shown(self) -> tuple[Any, ...]:
        """The entries of this page."""
        return self.entries[self.start : self.start + self.size]

    def following(self, *, loops: bool = False, without: tuple[int, ...] = ()) -> "Page | None":
        """The next page but for those `without`; after the last none, or the first again where the list loops."""
        entries, start = self.rest or self.entries, self.start + self.size
        while start // self.size + 1 in without:
            start += self.size
        if start >= len(entries):
            if not loops:
                return None
            start = 0
        return replace(self, entries=entries, start=start)


class Bookmarks:
    """The pages that next links point to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[str, Page] = {}

    def keep(self, page: Page, ending: str = "x") -> str:
        """Make a bookmark for a page. With this ending or that, it needs no escaping in a query."""
        bookmark = f"B{secrets.token_urlsafe(15)}{ending}"
        with self._lock:
            while len(self._pages) >= _KEPT:
                del self._pages[next(iter(self._pages))]
            self._pages[bookmark] = page
        return bookmark

    def find(self, path: str, bookmark: str) -> Page | None:
        """The page behind a bookmark of this path; reading it again gives the same page."""
        with self._lock:
            page = self._pages.get(bookmark)
        return page if page is not None and page.path == path else None
