"""A leaderboard that is switched on, with points on it."""

from lti_tool.db import transaction
from lti_tool.spaces.completions import complete
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from tests.make.space import make_objective

# None of these words is part of an alias.
NAMES = (
    "Ada Ablett", "Bo Bakewell", "Cy Cookson", "Di Deakin", "Ed Eastwood", "Flo Flint", "Gus Grayson", "Hal Huntley",
    "Ida Ivesen",
)  # fmt: skip


def score(space: str, organization: str, points: dict[str, int]) -> None:
    """Give each member exactly these points, each by an objective of its own."""
    for member, worth in points.items():
        if worth:
            objective = make_objective(space, organization, f"Worth {worth}", points=worth)
            with transaction():
                complete(objective_id=objective, member_id=member, by=None)


def open_board(space: str, *, aliases: bool = True, names: bool = False) -> None:
    with transaction():
        set_leaderboard_options(space, on=True, aliases=aliases, names=names)
