"""Issuers: which ones somebody works for, what each of them says of itself, and its badges."""

from collections.abc import Callable
from functools import partial

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.badges.issuers import IssuerFacts, archive_issuer, edit_issuer
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import NO_PICTURE, Pictures, cleaned_picture, keep_picture
from lti_tool.badges.staffing.authority import Power, ask_issuer
from lti_tool.badges.time_zones import time_zones
from lti_tool.badges.uses import issuer_here
from lti_tool.badges.workshop.allowed import ask_to_see_issuer, may_define, powers_over_issuer
from lti_tool.badges.workshop.forms import ProfileForm
from lti_tool.badges.workshop.reads import SEARCH_LENGTH, Turn, badges_of, has_badges, issuers_of
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.names import clean_text
from lti_tool.people.visit import current_visit


@needs(Permission.VISIT)
def issuers() -> ResponseReturnValue:
    """GET /issuers"""
    visit = current_visit()
    lines = issuers_of(visit.person, visit.organization, issuer_here())
    return render_template("badges/workshop/issuers.html", issuers=lines)


@needs(Permission.VISIT)
def issuer(issuer_id: str) -> ResponseReturnValue:
    """GET /issuers/<issuer_id>; `q` searches, `archived` shows those, `after` and `before` turn the page"""
    found, turn = ask_to_see_issuer(issuer_id), _turn_asked()
    return render_template(
        "badges/workshop/issuer.html", issuer=found, powers=powers_over_issuer(found.id), turn=turn,
        page=badges_of(found.id, turn), may_define=found.archived_at is None and may_define(found.id),
        others=has_badges(found.id, archived=not turn.archived),
    )  # fmt: skip


@needs(Permission.VISIT)
def profile(issuer_id: str) -> ResponseReturnValue:
    """GET and POST /issuers/<issuer_id>/profile; 409 where somebody else was faster, with what was typed"""
    found = ask_issuer(issuer_id, Power.EDIT)
    form = ProfileForm.of(found)
    try:
        if form.validate_on_submit() and _saved(found.id, form):
            return redirect(page_url("workshop.profile", issuer_id=found.id, saved=1), 303)
    except Problem as refused:
        if refused.code != "issuer_changed":
            raise
        now = ask_issuer(issuer_id, Power.EDIT)
        form.changed_at.data = now.changed_at  # saved again, it knows of that
        return _profile(now, form, theirs=now), refused.status
    return _profile(found, form), 422 if form.errors else 200


def _profile(issuer: IssuerFacts, form: ProfileForm, theirs: IssuerFacts | None = None) -> str:
    return render_template(
        "badges/workshop/profile.html", issuer=issuer, powers=powers_over_issuer(issuer.id), form=form,
        zones=time_zones(), saved="saved" in request.args and not form.is_submitted(), theirs=theirs,
    )  # fmt: skip


@needs(Permission.VISIT)
def archive(issuer_id: str) -> ResponseReturnValue:
    """POST /issuers/<issuer_id>/archive; `archived` is yes, or no to restore it"""
    found = ask_issuer(issuer_id, Power.OWN)
    with transaction():
        archive_issuer(found.id, archived=request.form.get("archived") == "yes")
    return redirect(page_url("workshop.profile", issuer_id=found.id), 303)


def _saved(issuer_id: str, form: ProfileForm) -> bool:
    """A refusal stands in the form then."""
    try:
        uploaded = form.uploaded
        cleaned = cleaned_picture(uploaded) if uploaded is not None else None
        with transaction():
            edit_issuer(
                issuer_id, name=form.name.data, url=form.url.data, email=form.email.data,
                description=form.description.data or "", time_zone=form.time_zone.data,
                picture=_keeping(cleaned, drop=form.drop_picture.data), seen=form.seen,
            )  # fmt: skip
    except Problem as refused:
        form.tell(refused)
        return False
    return True


def _keeping(cleaned: CleanPicture | None, *, drop: bool) -> Callable[[], Pictures] | None:
    if cleaned is not None:
        return partial(keep_picture, cleaned)
    return (lambda: NO_PICTURE) if drop else None


def _turn_asked() -> Turn:
    asked = request.args
    search = clean_text(asked.get("q"), SEARCH_LENGTH) or ""
    return Turn(asked.get("after"), asked.get("before"), search, "archived" in asked)
