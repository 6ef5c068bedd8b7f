"""Members of a Space: those who came from the LMS, and places added by address."""

from typing import Annotated, Literal

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Email, Listing, Shown
from lti_tool.api.once import once
from lti_tool.api.own import own_member, own_space
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import NAME_LENGTH
from lti_tool.spaces.members import add_by_email
from lti_tool.spaces.membership import MembershipLine, members_page

Role = Literal["member", "staff"]


class Member(Shown):
    """Somebody in a Space."""

    id: str
    name: str | None = Field(description="null where the LMS gives none")
    email: str | None = Field(description="null where the LMS gives none")
    role: Role = Field(description="`member` is a learner")
    status: Literal["active", "open", "inactive"] = Field(
        description="`open` waits for the person of this address to come; `inactive` has left the course"
    )
    points: int
    completed: int = Field(description="how many objectives")


class MemberPage(PageOf[Member]):
    """Learners by name, then staff."""


class NewMember(Asked):
    """A place for somebody who is known by an address."""

    email: Email
    name: Annotated[str, StringConstraints(max_length=NAME_LENGTH)] | None = None
    role: Role = Field(default="member", description="`staff` lists somebody; what they may do their launch decides")


@needs(Permission.TOKEN)
@reads("Members", MemberPage, refusals=(404,))
def members(space_id: str, query: Listing) -> MemberPage:
    """List everybody in a Space"""
    lines = members_page(own_space(space_id).id, after=query.after, limit=query.limit + 1)
    return page_of(MemberPage, lines, query.limit, _shown)


@needs(Permission.TOKEN)
@writes("Members", Member, status=201)
def add(space_id: str, json: NewMember) -> Response:
    """Add somebody by address

    The place is open until the LMS says that exactly one person has this address.
    """

    def act() -> Member:
        space = own_space(space_id)
        added = add_by_email(space.id, email=json.email, name=json.name, role=json.role)
        return _shown(own_member(space, added.id))

    return once(act, status=201)


def _shown(line: MembershipLine) -> Member:
    return Member.model_validate(line, from_attributes=True)
