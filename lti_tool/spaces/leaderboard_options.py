"""What staff decide about the leaderboard: off until they turn it on, aliases until they say otherwise."""

from lti_tool.spaces.space import open_space


def set_leaderboard_options(space_id: str, *, on: bool, aliases: bool, names: bool) -> None:
    """Save all three at once. Raises `Problem` not_found or space_archived.

    Nobody's name is ever shown without their own choice: without aliases learners are asked to show their names,
    so names are then allowed, and whoever does not choose to keeps the alias.
    """
    space = open_space(space_id)
    space.leaderboard_on, space.aliases_on, space.names_allowed = on, aliases, names or not aliases
