"""Badge classes of the organization."""

from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Id, Listing, Shown, Upload
from lti_tool.api.once import once
from lti_tool.api.own import own_badge, own_issuer
from lti_tool.badges.badge_classes import BadgeFacts, badges_page, create_badge
from lti_tool.badges.hosted import address
from lti_tool.badges.model import BADGE_NAME_LENGTH, TEXT_LENGTH
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs

Prose = Annotated[str, StringConstraints(min_length=1, max_length=TEXT_LENGTH)]


class Badge(Shown):
    """What can be earned."""

    id: str
    issuer: str = Field(description="the id of its issuer")
    name: str
    description: str
    criteria: str = Field(description="how it is earned, in Markdown")
    image: str = Field(description="the address of its picture as PNG; with .svg the same as SVG")
    public_url: str = Field(description="its Open Badges 2.0 badge class")


class BadgePage(PageOf[Badge]):
    """Badges, oldest first."""


class BadgesAsked(Listing):
    """Which badges."""

    issuer: Id | None = Field(default=None, description="only those of this issuer")


class NewBadge(Asked):
    """A badge to make; its picture is drawn."""

    issuer: Id | None = Field(default=None, description="the organization's first issuer where none is named")
    name: Annotated[str, StringConstraints(min_length=1, max_length=BADGE_NAME_LENGTH)]
    description: Prose
    criteria: Prose = Field(description="how it is earned, in Markdown")


class NewBadgeWithPicture(NewBadge):
    """A badge to make with a picture of its own."""

    image: Upload | None = Field(default=None, description="a PNG or a plain SVG; without it a picture is drawn")


@needs(Permission.TOKEN)
@reads("Badges", BadgePage, refusals=(404,))
def badges(query: BadgesAsked) -> BadgePage:
    """List the organization's badges"""
    issuer = own_issuer(query.issuer).id if query.issuer is not None else None
    lines = badges_page(holder_here().organization, issuer=issuer, after=query.after, limit=query.limit + 1)
    return page_of(BadgePage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@writes("Badges", Badge, status=201)
def create(json: NewBadge, form: NewBadgeWithPicture) -> Response:
    """Make a badge

    As JSON its picture is drawn; as multipart/form-data it may bring one as the file `image`.
    """
    asked = form or json
    picture = _picture(form) if form else None

    def act() -> Badge:
        made = create_badge(
            issuer=own_issuer(asked.issuer).id, name=asked.name, description=asked.description,
            criteria=asked.criteria, picture=picture,
        )  # fmt: skip
        return _shown(own_badge(made.id))

    return once(act, status=201)


def _picture(form: NewBadgeWithPicture) -> bytes | None:
    if form.image is None:
        return None
    picture: bytes = form.image.stream.read()  # type: ignore[attr-defined]  # a file of werkzeug's
    if not picture:
        raise Problem("picture_refused", "This file is empty. Choose a PNG or SVG picture.")
    return picture


def _shown(facts: BadgeFacts) -> Badge:
    here = address("badges", facts.id)
    return Badge(
        id=facts.id, issuer=facts.issuer, name=facts.name, description=facts.description, criteria=facts.criteria,
        image=f"{here}/image.png", public_url=here,
    )  # fmt: skip
