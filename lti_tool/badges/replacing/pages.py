"""The Data Management tab of a badge class, the preview of another badge in its place, and putting it there
(DM-12 to DM-33).
"""

from flask import Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_reads import BadgeFacts
from lti_tool.badges.exporting.switch import ask_for_data
from lti_tool.badges.issuers import issuer_facts
from lti_tool.badges.markdown import as_html
from lti_tool.badges.replacing.forms import SourceForm
from lti_tool.badges.replacing.preparing import prepare
from lti_tool.badges.replacing.preview_reads import changes, some_awards, touched_by
from lti_tool.badges.replacing.previews import Material, discard_material, keep_material, material_for
from lti_tool.badges.replacing.replacement import count_awards, is_applied, lay_pictures_ready, replace_badge
from lti_tool.badges.replacing.spread import awards_that_show
from lti_tool.badges.staffing.authority import Power, ask_badge, may_with_issuer, powers_with_badge
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def badge_data(badge_id: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/data, and POST: Continue"""
    badge, form = _badge(badge_id), SourceForm()
    if not form.is_submitted():
        return _tab(badge, form)
    try:
        token = keep_material(prepare(badge, form.given, who=current_visit().person))
    except Problem as refused:
        if refused.status >= 500:
            raise
        return _tab(badge, form, refused), refused.status
    return redirect(page_url("replacing.preview", badge_id=badge.id, token=token), 303)


@needs(Permission.VISIT)
def preview(badge_id: str, token: str) -> ResponseReturnValue:
    """GET /badges/<badge_id>/replacement/<token>"""
    badge = _badge(badge_id)
    try:
        material = _material(badge, token)
    except Problem as refused:
        return _begin_again(badge, refused)
    if badge.revision != material.revision:
        return _done(badge, "already") if is_applied(material) else _begin_again(badge, Problem("badge_changed"))
    sees_names = may_with_issuer(current_visit(), badge.issuer, Power.AWARD)
    return render_template(
        "badges/replacing/preview.html", badge=badge, issuer=issuer_facts(badge.issuer), material=material, token=token,
        changed=changes(badge, material), touched=touched_by(badge.id), as_html=as_html,
        awards=some_awards(badge.id, with_names=sees_names),
    )  # fmt: skip


@needs(Permission.VISIT)
def preview_picture(badge_id: str, token: str) -> Response:
    """GET /badges/<badge_id>/replacement/<token>/picture.png"""
    material = _material(_badge(badge_id), token)
    if material.png is None:
        raise Problem("not_found")
    response = make_response(material.png)
    response.mimetype = "image/png"
    response.headers["Cache-Control"] = "no-store"
    return response


@needs(Permission.VISIT)
def replace(badge_id: str, token: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/replacement/<token>"""
    badge = _badge(badge_id)
    try:
        material = _material(badge, token)
        lay_pictures_ready(material)
        awards = count_awards(badge.id)
        with transaction():
            replaced = replace_badge(badge, material, awards=awards, by=current_visit().person)
    except Problem as refused:
        return _begin_again(badge, refused)
    return _done(badge, "already" if replaced.already else "replaced")


@needs(Permission.VISIT)
def cancel(badge_id: str, token: str) -> ResponseReturnValue:
    """POST /badges/<badge_id>/replacement/<token>/cancel"""
    badge = _badge(badge_id)
    try:
        _material(badge, token)
    except Problem:
        return _done(badge, "cancelled")  # there is nothing to forget
    discard_material(token)
    return _done(badge, "cancelled")


def _badge(badge_id: str) -> BadgeFacts:
    badge = ask_badge(badge_id, Power.EDIT)
    ask_for_data(badge.organization)
    return badge


def _material(badge: BadgeFacts, token: str) -> Material:
    return material_for(token, badge=badge.id, who=current_visit().person)


def _tab(badge: BadgeFacts, form: SourceForm, refused: Problem | None = None) -> str:
    done = request.args.get("done")
    return render_template(
        "badges/replacing/badge_data.html", badge=badge, issuer=issuer_facts(badge.issuer), form=form, refused=refused,
        powers=powers_with_badge(current_visit(), badge), tab="replacing.badge_data", spread=awards_that_show(badge),
        done=done if done in ("replaced", "already", "cancelled") else None,
    )  # fmt: skip


def _done(badge: BadgeFacts, done: str) -> ResponseReturnValue:
    return redirect(page_url("replacing.badge_data", badge_id=badge.id, done=done), 303)


def _begin_again(badge: BadgeFacts, refused: Problem) -> ResponseReturnValue:
    """A preview that leads nowhere any more, and the way to begin again."""
    if refused.code not in ("badge_changed", "replacement_over"):
        raise refused
    page = render_template("badges/replacing/begin_again.html", badge=badge, problem=refused, entry=refused.entry)
    return page, refused.status
