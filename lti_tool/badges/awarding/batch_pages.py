"""Giving a badge to many at once: bring a table, say what its columns are, look at what would happen, give, undo."""

from typing import Any

from flask import Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.awardable import awardable
from lti_tool.badges.awarding import batches as tables
from lti_tool.badges.awarding.batch_reads import batch_of, batches_of, preview, standing
from lti_tool.badges.awarding.columns import FIELDS, chosen
from lti_tool.badges.awarding.model import AwardBatch
from lti_tool.badges.awarding.outcomes import outcomes_csv
from lti_tool.badges.awarding.slices import columns_of, table_of
from lti_tool.badges.awarding.table_upload import table_sent
from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.staffing.authority import Power, ask_badge, powers_with_badge
from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db, transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.table.headings import EMAIL
from lti_tool.table.sample import columns_shown
from lti_tool.table.upload import A_TABLE
from lti_tool.web import is_fragment
from lti_tool.work import takes_work


@needs(Permission.VISIT)
def batches(badge_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/batches"""
    badge = ask_badge(badge_id, Power.AWARD)
    awardable(badge.id)
    return _bring(badge)


@takes_work(A_TABLE)
@needs(Permission.VISIT)
def upload(badge_id: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/batches, `table` a file or `pasted` text: nothing is given yet."""
    badge = ask_badge(badge_id, Power.AWARD)
    awardable(badge.id)
    try:
        sent = table_sent()
        with transaction():
            batch_id = tables.bring_table(badge.id, sent, by=current_visit().person)
    except Problem as refused:
        if refused.code != "table_refused":
            raise
        return _bring(badge, refused), refused.status
    return redirect(page_url("awarding.batch", badge_id=badge.id, batch_id=batch_id), 303)


@needs(Permission.VISIT)
def batch(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/batches/<batch_id>: its preview, how far it is, or what came of it."""
    badge, found = _asked(badge_id, batch_id)
    if found.state == "preview":
        return _preview(badge, found)
    shown = standing(found)
    if is_fragment():
        return render_template("badges/awarding/_standing.html", badge=badge, batch=shown, polled=True)
    return render_template("badges/awarding/batch.html", **_frame(badge), batch=shown)


@needs(Permission.VISIT)
def map_columns(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/batches/<batch_id>/mapping: a number for each field, or nothing."""
    badge, found = _asked(badge_id, batch_id)
    said = {field: request.form.get(field) for field in FIELDS}
    with transaction():
        tables.choose_columns(
            found.id, chosen(said, request.form.get("dates", ""), len(found.mapping["header"]))
        )  # fmt: skip
    return redirect(_place(badge, found.id, anchor="preview"), 303)


@needs(Permission.VISIT)
def give(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/batches/<batch_id>/give; a second time changes nothing."""
    badge, found = _asked(badge_id, batch_id)
    with transaction():
        tables.begin_giving(found.id, again=bool(request.form.get("again")))
    return redirect(_place(badge, found.id), 303)


@needs(Permission.VISIT)
def drop(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/batches/<batch_id>/drop: forget a preview."""
    badge, found = _asked(badge_id, batch_id)
    with transaction():
        tables.drop_preview(found.id)
    return redirect(page_url("awarding.batches", badge_id=badge.id), 303)


@needs(Permission.VISIT)
def undo(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/batches/<batch_id>/undo: it asks first."""
    badge, found = _asked(badge_id, batch_id)
    if request.method == "GET":
        return render_template("badges/awarding/undo.html", **_frame(badge), batch=standing(found))
    with transaction():
        tables.undo_batch(found.id)
    return redirect(_place(badge, found.id), 303)


@needs(Permission.VISIT)
def outcomes(badge_id: str, batch_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/batches/<batch_id>/outcomes.csv"""
    _, found = _asked(badge_id, batch_id)
    if found.state == "preview":
        raise Problem("not_found")
    separator = separator_for(current_visit().locale, request.args.get("separator"))
    name, pieces = outcomes_csv(found, separator=separator)
    db.session.remove()  # a long download must not keep this request's reading transaction open
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(pieces, mimetype="text/csv", headers=headers)


def _asked(badge_id: str, batch_id: str) -> tuple[BadgeFacts, AwardBatch]:
    badge = ask_badge(badge_id, Power.AWARD)
    return badge, batch_of(badge.id, batch_id)


def _bring(badge: BadgeFacts, refused: Problem | None = None) -> str:
    return render_template(
        "badges/awarding/bring.html", **_frame(badge), refused=refused, batches=batches_of(badge.id),
        pasted=request.form.get("pasted", ""),
    )  # fmt: skip


def _preview(badge: BadgeFacts, found: AwardBatch) -> str:
    target = awardable(badge.id)
    mapping = columns_of(found)
    return render_template(
        "badges/awarding/preview.html", **_frame(badge), batch=found, mapping=mapping, fields=FIELDS, needed=EMAIL,
        columns=columns_shown(table_of(found)), preview=preview(found, target), target=target,
        given_before=target.allows_repeats and tables.given_before(found),
    )  # fmt: skip


def _frame(badge: BadgeFacts) -> dict[str, Any]:
    return {"badge": badge, "powers": powers_with_badge(current_visit(), badge), "tab": "awarding.badge_awards"}


def _place(badge: BadgeFacts, batch_id: str, *, anchor: str | None = None) -> str:
    return page_url("awarding.batch", badge_id=badge.id, batch_id=batch_id, _anchor=anchor)
