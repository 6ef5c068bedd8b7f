"""Progress to take along: the table for spreadsheets, and the archive of the whole Space."""

from flask import Response, request, stream_with_context
from flask.typing import ResponseReturnValue

from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db
from lti_tool.people.access import Permission, needs
from lti_tool.people.names import clean_text
from lti_tool.people.visit import current_visit
from lti_tool.spaces.export import progress_csv
from lti_tool.spaces.here import space_here
from lti_tool.spaces.progress.archive import space_archive
from lti_tool.spaces.progress.asked import view_asked

_NAME_LENGTH = 80


@needs(Permission.SPACE_RUN)
def progress_file() -> ResponseReturnValue:
    """GET /progress.csv: what the list shows that the address speaks of, without words everybody; × every objective"""
    space, objective = space_here(), request.args.get("objective") or None
    name, pieces = progress_csv(space, separator=_separator(), view=view_asked(), objective=objective)
    db.session.remove()  # a long download must not keep this request's reading transaction open
    return _file(name, Response(pieces, mimetype="text/csv"))


@needs(Permission.SPACE_RUN)
def archive_file() -> ResponseReturnValue:
    """GET /archive.zip"""
    name, pieces = space_archive(space_here(), separator=_separator())
    return _file(name, Response(stream_with_context(pieces), mimetype="application/zip"))


def _file(name: str, answer: Response) -> Response:
    """Under the name that the person gave it, or ours."""
    stem, _, ending = name.rpartition(".")
    wanted = (clean_text(request.args.get("name"), _NAME_LENGTH) or stem).removesuffix(f".{ending}")
    answer.headers["Content-Disposition"] = content_disposition(f"{wanted}.{ending}")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _separator() -> str:
    return separator_for(current_visit().locale, request.args.get("separator"))
