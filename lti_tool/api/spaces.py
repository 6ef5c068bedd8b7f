"""Spaces: found by the course's context id of the LMS, and made with a course or without one."""

from datetime import date, datetime
from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import PageOf, page_of, reads, writes
from lti_tool.api.fields import Asked, Day, Id, Listing, Shown
from lti_tool.api.once import once
from lti_tool.api.own import ask_for_spaces, own_issuer, own_space
from lti_tool.launch.courses import contexts_of, course_of_context, spaces_of_context
from lti_tool.people.access import Permission, needs
from lti_tool.spaces.model import SPACE_NAME_LENGTH
from lti_tool.spaces.space import create_space
from lti_tool.spaces.space_reads import SpaceLine, spaces_page

ContextId = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class Space(Shown):
    """A course's room: members earn badges by completing its objectives until it ends."""

    id: str
    name: str
    issuer: str = Field(description="the id of the issuer whose badges are awarded here")
    ends_on: date = Field(description="the last day")
    archived_at: datetime | None = Field(description="since when nothing can be changed any more")
    members: int = Field(description="learners, open places included; staff are not counted")
    context: str | None = Field(description="the course's context id in the LMS; null without a course")


class SpacePage(PageOf[Space]):
    """Spaces, oldest first."""


class SpacesAsked(Listing):
    """Which Spaces."""

    context: ContextId | None = Field(default=None, description="only those that the course of this context id reaches")


class NewSpace(Asked):
    """A Space to make."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=SPACE_NAME_LENGTH)]
    ends_on: Day = Field(description="today or later in the time zone, at most six years ahead")
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="in which its days begin and end, such as Europe/Berlin; the issuer's where none is named",
    )
    issuer: Id | None = Field(default=None, description="the organization's first issuer where none is named")
    context: ContextId | None = Field(
        default=None,
        description="for the course of this context id; it must have been opened from the LMS once, "
        "and its roster is read at once",
    )


@needs(Permission.TOKEN)
@reads("Spaces", SpacePage)
def spaces(query: SpacesAsked) -> SpacePage:
    """List the organization's Spaces

    With `context` only the Space of that course: an LMS's context id leads to the Space.
    """
    ask_for_spaces()
    among = spaces_of_context(query.context) if query.context is not None else None
    lines = spaces_page(holder_here().organization, among=among, after=query.after, limit=query.limit + 1)
    contexts = contexts_of(line.id for line in lines)
    return page_of(SpacePage, lines, query.limit, lambda line: _shown(line, query.context or contexts.get(line.id)))


@needs(Permission.TOKEN)
@writes("Spaces", Space, status=201)
def create(json: NewSpace) -> Response:
    """Make a Space"""
    ask_for_spaces()

    def act() -> Space:
        organization = holder_here().organization
        course = course_of_context(organization, json.context) if json.context is not None else None
        made = create_space(
            organization=organization, name=json.name, ends_on=json.ends_on, issuer=own_issuer(json.issuer).id,
            course=course, time_zone=json.time_zone,
        )  # fmt: skip
        return _shown(own_space(made.id), json.context)

    return once(act, status=201)


@needs(Permission.TOKEN)
@reads("Spaces", Space, refusals=(404,))
def show(space_id: str) -> Space:
    """Show one Space"""
    line = own_space(space_id)
    return _shown(line, contexts_of([line.id]).get(line.id))


def _shown(line: SpaceLine, context: str | None) -> Space:
    return Space(
        id=line.id, name=line.name, issuer=line.issuer, ends_on=line.ends_on, archived_at=line.archived_at,
        members=line.members, context=context,
    )  # fmt: skip
