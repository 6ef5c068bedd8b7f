"""Does the public page of an award show its holder's name? Only its holder says so, and takes it back."""

from sqlalchemy import update

from lti_tool.badges.awards import award_to_person
from lti_tool.badges.backpack.reads import own_award
from lti_tool.badges.backpack.whose import Addresses
from lti_tool.badges.model import Award
from lti_tool.db import db
from lti_tool.errors import Problem


def show_name(addresses: Addresses, award_id: str, *, shows: bool) -> None:
    """Raises `Problem` not_found for an award that is not theirs.

    Whoever puts their name to an award that went to their address takes it as theirs, which changes nothing in it.
    """
    if own_award(addresses, award_id) is None:
        raise Problem("not_found")
    if shows and db.session.get_one(Award, award_id).person_id is None:
        award_to_person(award_id, person=addresses.person)
    db.session.execute(update(Award).where(Award.id == award_id).values(shows_name=shows))
