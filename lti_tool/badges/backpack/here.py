"""Whose backpack this is: that of whoever is here, and nobody else's."""

from lti_tool.badges.backpack.whose import Addresses, addresses_of
from lti_tool.errors import Problem
from lti_tool.people.visit import Visit, current_visit


def addresses_here() -> Addresses:
    return addresses_of(current_visit().person)


def visit_that_changes() -> Visit:
    """For every page that writes: a preview belongs to nobody. Raises `Problem` backpack_preview.

    Whoever looks through somebody else's account is refused by the door.
    """
    visit = current_visit()
    if visit.preview:
        raise Problem("backpack_preview")
    return visit
