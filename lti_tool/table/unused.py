"""What a row of a table of people is where nothing comes of it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bad:
    """A row that cannot be used, with the reason."""

    line: int
    reason: str


@dataclass(frozen=True)
class Doubled:
    """A row of which nothing comes, since an earlier one for its address stands for it."""

    line: int
    email: str
