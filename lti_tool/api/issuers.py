"""Issuers of the organization."""

from functools import partial
from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Email, Listing, Shown, Upload
from lti_tool.api.once import once
from lti_tool.api.own import own_issuer
from lti_tool.api.pictures import picture_of
from lti_tool.badges.hosted import address
from lti_tool.badges.issuers import IssuerFacts, archive_issuer, define_issuer, edit_issuer, issuers_page
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.badges.pictures_kept import keep_picture
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import NAME_LENGTH

Name = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH)]
Url = Annotated[str, StringConstraints(max_length=2000)]
Description = Annotated[str, StringConstraints(max_length=TEXT_LENGTH)]
Zone = Annotated[str, StringConstraints(max_length=64)]


class Issuer(Shown):
    """Who stands behind a badge."""

    id: str
    name: str
    url: str
    email: str
    description: str | None
    image: str | None = Field(description="the address of its picture as PNG; null where it has none")
    time_zone: str = Field(description="the zone in which days of its awards begin and end, by its IANA name")
    archived: bool = Field(description="it offers nothing new; objectives that give its badges already go on")
    public_url: str = Field(description="its Open Badges 2.0 profile")


class IssuerPage(PageOf[Issuer]):
    """Issuers, oldest first."""


class NewIssuer(Asked):
    """An issuer to make. All of it is public."""

    name: Name
    url: Url = Field(description="its website, https:// or http://")
    email: Email
    description: Description | None = None


class ChangedIssuerWithPicture(Asked):
    """What is to be changed of an issuer, and its picture."""

    name: Name | None = None
    url: Url | None = None
    email: Email | None = None
    description: Description | None = None
    time_zone: Zone | None = Field(default=None, description="such as Europe/Berlin")
    image: Upload | None = Field(default=None, description="a PNG or a plain SVG")


class ChangedIssuer(Asked):
    """What is to be changed of an issuer; what is not named stays, an empty description is none."""

    name: Name | None = None
    url: Url | None = None
    email: Email | None = None
    description: Description | None = None
    time_zone: Zone | None = Field(default=None, description="such as Europe/Berlin")
    archived: bool | None = Field(default=None, description="true archives the issuer, false restores it")


@needs(Permission.TOKEN)
@reads("Issuers", IssuerPage)
def issuers(query: Listing) -> IssuerPage:
    """List the organization's issuers"""
    lines = issuers_page(holder_here().organization, after=query.after, limit=query.limit + 1)
    return page_of(IssuerPage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@reads("Issuers", Issuer, refusals=(404,))
def show(issuer_id: str) -> Issuer:
    """Show one issuer"""
    return _shown(own_issuer(issuer_id))


@needs(Permission.TOKEN)
@writes("Issuers", Issuer, status=201)
def create(json: NewIssuer) -> Response:
    """Make an issuer"""

    def act() -> Issuer:
        made = define_issuer(
            organization=holder_here().organization, name=json.name, url=json.url, email=json.email,
            description=json.description,
        )  # fmt: skip
        return _shown(own_issuer(made.id))

    return once(act, status=201)


@needs(Permission.TOKEN)
@writes("Issuers", Issuer)
def edit(issuer_id: str, json: ChangedIssuer, form: ChangedIssuerWithPicture) -> Response:
    """Change, archive or restore an issuer

    Every award shows the change at once. As multipart/form-data it may bring a picture as the file `image`.
    """
    asked = form or json
    picture = picture_of(form.image) if form else None

    def act() -> Issuer:
        found = own_issuer(issuer_id)
        edit_issuer(
            found.id, name=asked.name, url=asked.url, email=asked.email, description=asked.description,
            time_zone=asked.time_zone, picture=partial(keep_picture, picture) if picture else None,
        )  # fmt: skip
        if json and json.archived is not None:
            archive_issuer(found.id, archived=json.archived)
        return _shown(own_issuer(issuer_id))

    return once(act)


def _shown(facts: IssuerFacts) -> Issuer:
    here = address("issuers", facts.id)
    return Issuer(
        id=facts.id, name=facts.name, url=facts.url, email=facts.email, description=facts.description,
        image=f"{here}/image.png" if facts.png_key else None, time_zone=facts.time_zone,
        archived=facts.archived_at is not None, public_url=here,
    )  # fmt: skip
