"""The settings of a Space, for its teachers: its words and days, its end, a copy of it, and that it goes away."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import HOME, page_url
from lti_tool.people.names import clean_text
from lti_tool.people.visit import current_visit
from lti_tool.spaces.creating import create_without_course
from lti_tool.spaces.days import today_in
from lti_tool.spaces.here import space_here
from lti_tool.spaces.model import SPACE_NAME_LENGTH
from lti_tool.spaces.settings import change_settings, delete_space, end_now, go_on, may_be_deleted
from lti_tool.spaces.space import SpaceFacts, suggested_end
from lti_tool.spaces.space_forms import SettingsForm, SpaceForm, number_in
from lti_tool.spaces.starting import Start

_SETTINGS = "room.space_settings"


@needs(Permission.SPACE_SHAPE)
def settings() -> ResponseReturnValue:
    """GET and POST /settings; 409 where somebody else was faster, with what was typed"""
    space = space_here()
    form, now, status = SettingsForm.of(space), None, 200
    if form.validate_on_submit():
        try:
            with transaction():
                change_settings(
                    space.id, name=form.name.data, ends_on=form.ends_on.data, time_zone=form.zone, seen=form.seen
                )
            return redirect(page_url(_SETTINGS, saved=1), 303)
        except Problem as refused:
            if refused.code != "space_changed":
                raise
            now, status = space_here(), refused.status
            form.revision.data = str(now.revision)  # whoever saves now has read both
    return _page(now or space, form, theirs=now), 422 if form.errors else status


@needs(Permission.SPACE_SHAPE)
def end() -> Response:
    """POST /settings/end, `revision`: before its date"""
    with transaction():
        end_now(space_here().id, seen=_seen())
    return redirect(page_url(_SETTINGS), 303)


@needs(Permission.SPACE_SHAPE)
def reopen() -> Response:
    """POST /settings/reopen, `revision`: undo that"""
    with transaction():
        go_on(space_here().id, seen=_seen())
    return redirect(page_url(_SETTINGS), 303)


@needs(Permission.SPACE_SHAPE)
def copy() -> ResponseReturnValue:
    """GET and POST /settings/copy: a new Space with the same objectives, pathways and settings, and no people"""
    space, form = space_here(), SpaceForm()
    form.issuer = space.issuer
    if not form.is_submitted():
        form.name.data, form.time_zone.data = space.name, space.time_zone
        form.ends_on.data = suggested_end(None, today_in(space.time_zone))
    elif form.validate():
        visit = current_visit()
        with transaction():
            copied = create_without_course(form, visit, Start(earlier=space.id)).id
        if visit.path == HOME:
            return redirect(url_for("home_room.home", space_id=copied), 303)
        return redirect(page_url(_SETTINGS, copied=copied), 303)
    return render_template("spaces/settings/copy.html", space=space, form=form), 422 if form.errors else 200


@needs(Permission.SPACE_SHAPE)
def delete() -> ResponseReturnValue:
    """GET and POST /settings/delete, `name` typed once more, `revision`: only where nothing has happened"""
    space, wrong = space_here(), False
    may_go = may_be_deleted(space.id)
    if request.method == "POST":
        wrong = may_go and clean_text(request.form.get("name"), SPACE_NAME_LENGTH) != space.name
        if not wrong:
            with transaction():
                delete_space(space.id, seen=_seen())
            return redirect(_away(space), 303)
    page = render_template("spaces/settings/delete.html", space=space, may_go=may_go, wrong=wrong)
    return page, 422 if wrong else 200


def _page(space: SpaceFacts, form: SettingsForm, theirs: SpaceFacts | None) -> str:
    said = not form.is_submitted()
    return render_template(
        "spaces/settings/edit.html", space=space, form=form, theirs=theirs, saved=said and "saved" in request.args,
        copied=request.args.get("copied") if said else None, may_go=may_be_deleted(space.id),
    )  # fmt: skip


def _away(space: SpaceFacts) -> str:
    """Where somebody lands whose Space is gone: at the start of the course, or at the issuers."""
    if current_visit().path == HOME:
        return url_for("home_workshop.issuers")
    return url_for("room.home")


def _seen() -> int:
    return number_in(request.form.get("revision"))
