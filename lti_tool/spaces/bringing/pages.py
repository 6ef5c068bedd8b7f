"""Adding many learners: bring a table, say what its columns are, look at what would happen, add them."""

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.csvfile import content_disposition
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.bringing import kept, taking_in
from lti_tool.spaces.bringing.kept import TakenIn, Waiting
from lti_tool.spaces.bringing.outcomes import preview
from lti_tool.spaces.bringing.rows import FIELDS
from lti_tool.spaces.here import space_here
from lti_tool.spaces.space import open_space
from lti_tool.table.headings import EMAIL, chosen_places
from lti_tool.table.sample import columns_shown
from lti_tool.table.upload import A_TABLE, table_sent
from lti_tool.work import takes_work


@needs(Permission.SPACE_RUN)
def bring() -> str:
    """GET /members/table"""
    open_space(space_here().id)
    return _bring()


@takes_work(A_TABLE)
@needs(Permission.SPACE_RUN)
def upload() -> ResponseReturnValue:
    """POST /members/table, `table` a file or `pasted` text: nobody is added yet."""
    try:
        token = taking_in.bring(space_here().id, table_sent(), who=current_visit().person)
    except Problem as refused:
        if refused.code != "table_refused":
            raise
        return _bring(refused), refused.status
    return _to(token)


@needs(Permission.SPACE_RUN)
def table(token: str) -> str:
    """GET /members/table/<token>: what would happen, or what came of it."""
    space, found = space_here(), kept.kept(token, **_mine())
    if isinstance(found, TakenIn):
        return render_template("spaces/members/taken_in.html", space=space, table=found, token_here=token)
    looked = preview(space.id, space.organization, taking_in.judged(found)) if EMAIL in found.columns else None
    return render_template(
        "spaces/members/preview.html", space=space, table=found, token_here=token, fields=FIELDS, needed=EMAIL,
        columns=columns_shown(taking_in.table_of(found)), preview=looked,
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def map_columns(token: str) -> ResponseReturnValue:
    """POST /members/table/<token>/mapping: a number for each field, or nothing."""
    found = kept.waiting(token, **_mine())
    said = {field: request.form.get(field) for field in FIELDS}
    places = chosen_places(said, FIELDS, len(taking_in.table_of(found).header))
    again = kept.keep(Waiting(found.file_name, found.table, found.rows, places), **_mine())
    kept.forget(token)
    return _to(again, anchor="preview")


@needs(Permission.SPACE_RUN)
def take_in(token: str) -> ResponseReturnValue:
    """POST /members/table/<token>/add"""
    with transaction():
        told = taking_in.take_in(space_here().id, token, who=current_visit().person)
    return _to(told)


@needs(Permission.SPACE_RUN)
def drop(token: str) -> ResponseReturnValue:
    """POST /members/table/<token>/drop"""
    found = kept.waiting(token, **_mine())
    kept.forget(token, found.table)
    return redirect(page_url("room.members"), 303)


@needs(Permission.SPACE_RUN)
def outcomes(token: str) -> Response:
    """GET /members/table/<token>/outcomes.csv"""
    found = kept.kept(token, **_mine())
    if not isinstance(found, TakenIn):
        raise Problem("table_over")
    name = _("%(table)s - outcomes.csv", table=found.file_name.rsplit(".", 1)[0])
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(kept.table_kept(found.outcomes), mimetype="text/csv", headers=headers)


def _bring(refused: Problem | None = None) -> str:
    return render_template(
        "spaces/members/bring.html", space=space_here(), refused=refused, pasted=request.form.get("pasted", "")
    )


def _mine() -> dict[str, str]:
    return {"space": space_here().id, "who": current_visit().person}


def _to(token: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(page_url("room.table", token=token, _anchor=anchor), 303)
