"""Who is shown how on the leaderboard, and how ties share a rank. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lti_tool.people.names import code_of

FEWEST_SHOWN = 5  # with fewer people an alias hides nobody
# What staff choose of names, as (aliases_on, names_allowed): aliases alone; whoever wants to shows the name; all are
# asked to show it, and whoever does not want to keeps the alias.
NAMES = {"aliases": (True, False), "choice": (True, True), "asked": (False, True)}


@dataclass(frozen=True)
class Standing:
    """One member's kept figures, as the database has them."""

    member: str
    alias: str
    points: int
    shares_name: bool
    real_name: str | None


@dataclass(frozen=True)
class BoardRow:
    """One line of the board. `name` is there for everybody to read only by the learner's own choice.

    `sharing` people have this rank. `member` and `real_name` are for staff pages and never leave them.
    """

    rank: int
    sharing: int
    alias: str
    name: str | None
    points: int
    is_me: bool
    member: str
    real_name: str | None

    @property
    def code(self) -> str:
        """What tells staff the people without a name apart, here as in every list."""
        return code_of(self.member)


def is_shown(participants: int) -> bool:
    """May learners see the board at all? A small group would know everybody in spite of the aliases."""
    return participants >= FEWEST_SHOWN


def names_chosen(*, aliases_on: bool, names_allowed: bool) -> str:
    """Which of `NAMES` holds now."""
    return "asked" if not aliases_on else "choice" if names_allowed else "aliases"


def public_name(standing: Standing, *, names_allowed: bool) -> str | None:
    """The real name, where staff allow names now and this learner chose to show it; None means the alias."""
    return standing.real_name if names_allowed and standing.shares_name else None


def ranks(points: Sequence[int], *, above: int, bands: Mapping[int, int]) -> list[int]:
    """Ranks of `points`, which fall or stay: 1, 2, 2, 4. `above` people stand above the first of them.

    `bands` says how many people have exactly so many points, for every score in `points`.
    """
    found, rank = [], above + 1
    for index, score in enumerate(points):
        if index and score != points[index - 1]:
            rank += bands.get(points[index - 1], 0)
        found.append(rank)
    return found


def board_rows(
    standings: Sequence[Standing], ranked: Sequence[int], bands: Mapping[int, int], *, names_allowed: bool,
    me: str | None,
) -> list[BoardRow]:  # fmt: skip
    """Lines of the board from kept figures, their ranks, and how many people have each score."""
    return [
        BoardRow(
            rank, bands.get(one.points, 1), one.alias, public_name(one, names_allowed=names_allowed), one.points,
            one.member == me, one.member, one.real_name,
        )
        for one, rank in zip(standings, ranked, strict=True)
    ]  # fmt: skip
