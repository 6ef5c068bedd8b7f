"""The Space that this visit is in."""

from lti_tool.errors import Problem
from lti_tool.people.visit import current_visit
from lti_tool.spaces.space import SpaceFacts, space_facts


def space_here() -> SpaceFacts:
    """For pages whose permission has already asked for a Space."""
    space = space_facts(current_visit().space or "")
    if space is None:
        raise Problem("not_found")
    return space
