"""Spaces with members, badges and objectives."""

from datetime import timedelta
from functools import cache

from lti_tool import clock
from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.issuers import first_issuer_of
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.db import db, transaction
from lti_tool.people.model import Person
from lti_tool.spaces.members import Arrival, arrive
from lti_tool.spaces.objectives import ObjectiveWords, create_objective
from lti_tool.spaces.space import create_space
from tests.make.organization import make_organization
from tests.make.person import make_person


def make_space(organization: str | None = None, name: str = "Biology 101") -> str:
    """A Space that ends in a hundred days, without a course. Answers its id."""
    organization = organization or make_organization()
    with transaction():
        ends_on = (clock.now() + timedelta(days=100)).date()
        return create_space(organization=organization, name=name, ends_on=ends_on).id


def make_member(
    space: str, organization: str, name: str | None = "Ada Lovelace", email: str | None = None,
    role: str = "member", preview: bool = False,
) -> str:  # fmt: skip
    """A person who has opened the Space. Answers the member's id."""
    return make_member_of(space, make_person(organization, name, email), role=role, preview=preview)


def make_member_of(space: str, person: str, role: str = "member", preview: bool = False) -> str:
    with transaction():
        names = db.session.get_one(Person, person).names
        return arrive(space, Arrival(person, names, role, preview)).id


def make_badge(organization: str, name: str = "Explorer") -> str:
    """A badge class with a drawn picture. Answers its id."""
    with transaction():
        return create_badge(
            issuer=first_issuer_of(organization), name=name, description=f"{name} did it.", criteria="Do it.",
            picture=_picture(name),
        ).id  # fmt: skip


@cache
def _picture(name: str) -> CleanPicture:
    """Drawn once in a process: many tests have a badge of the same name."""
    return drawn_picture(name)


def make_objective(
    space: str, organization: str, title: str = "Explore the lab", points: int = 10, badge: str | None = None,
    revoke_with_objective: bool = True, private_criteria: str = "",
) -> str:  # fmt: skip
    """A manual objective with a badge of its own unless one is given. Answers its id."""
    badge = badge or make_badge(organization, title)
    words = ObjectiveWords(
        title, points, "Show your notes.", private_criteria, revoke_with_objective=revoke_with_objective
    )
    with transaction():
        return create_objective(space, badge=badge, words=words).id
