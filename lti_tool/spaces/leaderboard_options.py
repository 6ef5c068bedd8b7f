"""What staff decide about the leaderboard: off until they turn it on, aliases until they say otherwise."""

from flask_babel import gettext as _

from lti_tool.errors import Problem
from lti_tool.spaces.leaderboard_rules import NAMES
from lti_tool.spaces.space import open_space
from lti_tool.spaces.standings import hold_space


def set_leaderboard_options(space_id: str, *, on: bool | None, aliases: bool, names: bool) -> None:
    """Save all three at once; where nothing is said of the first, it stays. Raises `Problem` not_found or
    space_archived.

    Nobody's name is ever shown without their own choice: without aliases learners are asked to show their names,
    so names are then allowed, and whoever does not choose to keeps the alias.
    """
    hold_space(space_id)  # of two who save at once, the second decides all of it
    space = open_space(space_id)
    space.leaderboard_on = space.leaderboard_on if on is None else on
    space.aliases_on, space.names_allowed = aliases, names or not aliases


def choose_leaderboard(space_id: str, *, on: bool | None, names: str) -> None:
    """The same, said with one of the words of `NAMES`. Raises `Problem` bad_request for any other."""
    if names not in NAMES:
        raise Problem("bad_request", _("That choice is not offered."))
    aliases, allowed = NAMES[names]
    set_leaderboard_options(space_id, on=on, aliases=aliases, names=allowed)
