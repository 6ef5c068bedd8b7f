"""How a Space stands: the leaderboard as everybody may see it, and the table of everybody × every objective."""

from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.describing import PageOf, next_address, reads
from lti_tool.api.fields import Asked, Limit, Shown
from lti_tool.api.own import own_space
from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.spaces.export import progress_csv
from lti_tool.spaces.leaderboard import top
from lti_tool.spaces.space import space_facts


class BoardLine(Shown):
    """One line of the leaderboard."""

    rank: int = Field(description="people with equal points share a rank")
    alias: str
    name: str | None = Field(description="only where staff allow names and this learner chose to show it")
    points: int


class BoardPage(PageOf[BoardLine]):
    """The leaderboard from the top."""


class BoardAsked(Asked):
    """Which part of the leaderboard."""

    limit: Limit = Field(default=50, description="how many at most")
    after: Annotated[str, StringConstraints(min_length=1, max_length=40)] | None = Field(
        default=None, description="from the `next` of the page before; made by the API"
    )


class TableAsked(Asked):
    """How the table is written."""

    separator: Annotated[str, StringConstraints(max_length=10)] | None = Field(
        default=None, description="`comma` (the default), `semicolon` or `tab`"
    )


@needs(Permission.TOKEN)
@reads("Standings", BoardPage, refusals=(404,))
def leaderboard(space_id: str, query: BoardAsked) -> BoardPage:
    """Read the leaderboard of a Space

    Those who left the board are not on it; nobody's name stands here but by their own choice.
    """
    space = own_space(space_id)
    try:
        page = top(space.id, query.after, query.limit)
    except Problem as unknown:
        raise Problem("bad_request", 'Nothing in this list is at the place that "after" names.') from unknown
    lines = [BoardLine(rank=row.rank, alias=row.alias, name=row.name, points=row.points) for row in page.rows]
    return BoardPage(items=lines, next=next_address(page.next) if page.next else None)


@needs(Permission.TOKEN)
@reads("Standings", None, refusals=(404,))
def progress(space_id: str, query: TableAsked) -> Response:
    """Download the progress of everybody × every objective as CSV

    UTF-8 with a byte order mark; before what a spreadsheet would run as a formula, also behind a comma, a semicolon, a
    tab or a line break inside a text, stands an apostrophe.
    """
    facts = space_facts(own_space(space_id).id)
    if facts is None:
        raise Problem("not_found")
    name, pieces = progress_csv(facts, separator=separator_for(None, query.separator))
    db.session.remove()  # a long download must not keep this request's reading transaction open
    return Response(pieces, mimetype="text/csv", headers={"Content-Disposition": content_disposition(name)})
