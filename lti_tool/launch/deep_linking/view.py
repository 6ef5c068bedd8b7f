"""Which view a picked link opens, as its custom parameter says it: `home`, or `objective:<id>`. Pure."""

import re
from dataclasses import dataclass

PARAMETER = "view"
_VIEW = re.compile(r"([a-z]{1,20})(?::([0-9a-f]{32}))?")


@dataclass(frozen=True)
class View:
    """A kind of view, and which one of its kind where a Space has several."""

    kind: str
    ref: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.ref}" if self.ref else self.kind


def read_view(said: str) -> View | None:
    """None for what names no view. Whether there is such a view is another question: see `kinds`."""
    found = _VIEW.fullmatch(said)
    return View(found[1], found[2] or "") if found else None
