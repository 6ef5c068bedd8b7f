"""Which learners a list of progress shows and in which order. Pure; every page of progress hands it to the next one."""

from collections.abc import Mapping
from dataclasses import dataclass

SEARCH_LENGTH = 100
GROUP_LENGTH = 32
SHOWS = ("not_started", "stuck", "waiting", "through")
SORTS = ("name", "points", "completed", "moved")
HAVES = ("open", "waiting", "complete")


@dataclass(frozen=True)
class View:
    """`show` keeps some learners, `have` those with some state of the one objective that the page is about, `group`
    those of one group; all are empty for everybody. Sorted by points or completions the most come first, by movement
    the longest ago.
    """

    search: str = ""
    show: str = ""
    sort: str = "name"
    have: str = ""
    group: str = ""

    @property
    def words(self) -> dict[str, str]:
        """As words for an address or a form, without what goes without saying."""
        said = {"q": self.search, "show": self.show, "sort": "" if self.sort == "name" else self.sort,
                "have": self.have, "group": self.group}  # fmt: skip
        return {word: value for word, value in said.items() if value}

    @property
    def is_everybody(self) -> bool:
        return not (self.search or self.show or self.have or self.group)


@dataclass(frozen=True)
class Place:
    """Where in a list to read: behind or in front of a member, or at its beginning."""

    after: str | None = None
    before: str | None = None


def view_from(asked: Mapping[str, str]) -> View:
    """What an address says. Words that mean nothing here are passed over."""
    show, sort, have = (asked.get(word, "") for word in ("show", "sort", "have"))
    search = " ".join(asked.get("q", "").split())[:SEARCH_LENGTH]
    return View(
        search, show if show in SHOWS else "", sort if sort in SORTS else "name", have if have in HAVES else "",
        asked.get("group", "")[:GROUP_LENGTH],
    )  # fmt: skip


def place_from(asked: Mapping[str, str]) -> Place:
    return Place(asked.get("after") or None, asked.get("before") or None)
