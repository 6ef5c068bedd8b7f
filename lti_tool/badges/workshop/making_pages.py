"""Making a badge class, and changing one. The buttons beside “Save” change the form only, so it needs no script."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_classes import define_badge, edit_badge
from lti_tool.badges.badge_reads import BadgeFacts, badge_facts
from lti_tool.badges.issuers import IssuerFacts, ask_that_issuer_gives, issuer_facts
from lti_tool.badges.markdown import as_html
from lti_tool.badges.pictures.embedded import data_url
from lti_tool.badges.pictures_kept import drawn_picture
from lti_tool.badges.staffing.authority import Power, ask_badge
from lti_tool.badges.workshop.allowed import ask_to_define, powers_over_badge
from lti_tool.badges.workshop.forms import DRAW, BadgeForm
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit

_DROP = "drop-"


@needs(Permission.VISIT)
def new(issuer_id: str) -> ResponseReturnValue:
    """GET and POST /issuers/<issuer_id>/badges/new"""
    issuer, form = ask_to_define(issuer_id), BadgeForm()
    ask_that_issuer_gives(issuer.id)
    if _changes_the_form_only(form):
        return _page(form, issuer)
    if form.validate_on_submit():
        made = _made(issuer, form)
        if made is not None:
            return redirect(page_url("workshop.badge", badge_id=made, made=1), 303)
    return _page(form, issuer), 422 if form.errors else 200


@needs(Permission.VISIT)
def edit(badge_id: str) -> ResponseReturnValue:
    """GET and POST /badges/<badge_id>/edit; 409 where somebody else was faster, with what was typed"""
    badge = ask_badge(badge_id, Power.EDIT)
    issuer, form = _issuer_of(badge), BadgeForm(badge)
    if _changes_the_form_only(form):
        return _page(form, issuer, badge)
    if form.validate_on_submit():
        try:
            if _changed(badge, form):
                return redirect(page_url("workshop.badge", badge_id=badge.id, saved=1), 303)
        except Problem as refused:
            if refused.code != "badge_changed":
                raise
            return _stale(badge, form), refused.status
    return _page(form, issuer, badge), 422 if form.errors else 200


def _made(issuer: IssuerFacts, form: BadgeForm) -> str | None:
    """The new badge; None where a refusal stands in the form."""
    try:
        picture = form.cleaned() or drawn_picture()
        with transaction():
            return define_badge(
                issuer.id, form.words, picture=picture, created_by=current_visit().person, giving=form.giving,
                once=form.made.data,
            ).id  # fmt: skip
    except Problem as refused:
        form.tell(refused)
        return None


def _changed(badge: BadgeFacts, form: BadgeForm) -> bool:
    """False where a refusal stands in the form. Raises `Problem` badge_changed."""
    try:
        picture = form.cleaned()
        with transaction():
            edit_badge(
                badge.id, form.words, expected=form.expected, picture=picture, by=current_visit().person,
                giving=form.giving,
            )  # fmt: skip
    except Problem as refused:
        if refused.code == "badge_changed":
            raise
        form.tell(refused)
        return False
    return True


def _stale(badge: BadgeFacts, form: BadgeForm) -> str:
    """The form as it was typed beside what the badge says now. Saved again, it knows of that."""
    now = badge_facts(badge.id) or badge
    form.revision.data = str(now.revision)
    return _page(form, _issuer_of(now), now, theirs=now)


def _changes_the_form_only(form: BadgeForm) -> bool:
    """Another drawing, a look at the criteria, one row more or less: nothing is saved."""
    act = request.form.get("act", "save")
    if act == "draw":
        form.draw_another()
        form.picture_from.data = DRAW
    elif act == "add":
        form.rows.add()
    elif act.startswith(_DROP):
        form.rows.drop(act.removeprefix(_DROP))
    return act != "save"


def _page(
    form: BadgeForm, issuer: IssuerFacts, badge: BadgeFacts | None = None, theirs: BadgeFacts | None = None
) -> str:
    again = request.form.get("act") != "draw" and form.is_without_its_file()
    return render_template(
        "badges/workshop/edit.html" if badge else "badges/workshop/new.html", form=form, issuer=issuer, badge=badge,
        again=again,
        powers=powers_over_badge(badge) if badge else set(), drawing=data_url("svg+xml", form.drawing), theirs=theirs,
        preview=as_html(form.criteria.data or "") if request.form.get("act") == "preview" else None,
    )  # fmt: skip


def _issuer_of(badge: BadgeFacts) -> IssuerFacts:
    found = issuer_facts(badge.issuer)
    if found is None:
        raise Problem("not_found")
    return found
