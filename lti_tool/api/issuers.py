"""Issuers of the organization."""

from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Email, Listing, Shown
from lti_tool.api.once import once
from lti_tool.api.own import own_issuer
from lti_tool.badges.hosted import address
from lti_tool.badges.issuers import IssuerFacts, create_issuer, issuers_page
from lti_tool.badges.model import TEXT_LENGTH
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import NAME_LENGTH


class Issuer(Shown):
    """Who stands behind a badge."""

    id: str
    name: str
    url: str
    email: str
    description: str | None
    public_url: str = Field(description="its Open Badges 2.0 profile")


class IssuerPage(PageOf[Issuer]):
    """Issuers, oldest first."""


class NewIssuer(Asked):
    """An issuer to make. All of it is public."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH)]
    url: Annotated[str, StringConstraints(max_length=2000)] = Field(description="its website, https:// or http://")
    email: Email
    description: Annotated[str, StringConstraints(max_length=TEXT_LENGTH)] | None = None


@needs(Permission.TOKEN)
@reads("Issuers", IssuerPage)
def issuers(query: Listing) -> IssuerPage:
    """List the organization's issuers"""
    lines = issuers_page(holder_here().organization, after=query.after, limit=query.limit + 1)
    return page_of(IssuerPage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@writes("Issuers", Issuer, status=201)
def create(json: NewIssuer) -> Response:
    """Make an issuer"""

    def act() -> Issuer:
        made = create_issuer(
            organization=holder_here().organization, name=json.name, url=json.url, email=json.email,
            description=(json.description or "").strip() or None,
        )  # fmt: skip
        return _shown(own_issuer(made.id))

    return once(act, status=201)


def _shown(facts: IssuerFacts) -> Issuer:
    return Issuer(
        id=facts.id, name=facts.name, url=facts.url, email=facts.email, description=facts.description,
        public_url=address("issuers", facts.id),
    )  # fmt: skip
