"""Every award of an issuer as a table for spreadsheets (DM-05)."""

from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from lti_tool.api.admission import holder_here
from lti_tool.api.describing import reads
from lti_tool.api.fields import Asked, Day
from lti_tool.api.own import own_issuer
from lti_tool.badges.exporting.awards_csv import awards_csv
from lti_tool.badges.exporting.period import Period
from lti_tool.badges.exporting.switch import ask_for_data
from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db
from lti_tool.logs import log
from lti_tool.people.access import Permission, needs


class ExportAsked(Asked):
    """Which awards, and how the table is written."""

    first: Day | None = Field(
        default=None, alias="from", description="the first day, in the issuer's time zone; included"
    )
    last: Day | None = Field(default=None, alias="to", description="the last day, included as well")
    separator: Annotated[str, StringConstraints(max_length=10)] | None = Field(
        default=None, description="`comma` (the default), `semicolon` or `tab`"
    )


@needs(Permission.TOKEN)
@reads("Issuers", None, refusals=(404,))
def export(issuer_id: str, query: ExportAsked) -> Response:
    """Download every award of an issuer to everyone as CSV

    Of all its badges, by the day of the award; without days every award there ever was. The heads of the columns name
    the time zone. UTF-8 with a byte order mark; before what a spreadsheet would run as a formula, also behind a comma,
    a semicolon, a tab or a line break inside a text, stands an apostrophe.
    """
    issuer = own_issuer(issuer_id)
    ask_for_data(issuer.organization)
    period = Period(query.first, query.last)
    name, pieces = awards_csv(issuer.id, period, separator=separator_for(None, query.separator))
    log.info("awards exported", issuer=issuer.id, token=holder_here().token)  # a GET writes nothing (decision 42)
    db.session.remove()  # a long download must not keep this request's reading transaction open
    return Response(pieces, mimetype="text/csv", headers={"Content-Disposition": content_disposition(name)})
