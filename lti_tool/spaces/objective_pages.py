"""Objectives: staff add and change them; learners read what counts and where they stand."""

from flask import make_response, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.badge_reads import badge_names_by_issuer, badges_of_issuer
from lti_tool.badges.pictures.cleaning import CleanPicture
from lti_tool.badges.pictures_kept import cleaned_or_drawn, kept_picture
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.kept_files import forget_now
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.evidence.pages import own_evidence
from lti_tool.spaces.foreign_badges import ForeignBadge, find_badge
from lti_tool.spaces.here import space_here
from lti_tool.spaces.members import member_of
from lti_tool.spaces.objective_forms import BadgeObjectiveForm, ManualForm, NewObjectiveForm
from lti_tool.spaces.objective_places import may_be_deleted
from lti_tool.spaces.objective_reads import ObjectiveLine, objective_lines, own_objectives, picture_key
from lti_tool.spaces.objectives import ObjectiveWords, create_objective, edit_objective, made_before
from lti_tool.spaces.space import SpaceFacts
from lti_tool.spaces.standings import hold_space
from lti_tool.spaces.why import why_not_yet

_SEALED = "default-src 'none'; sandbox"


@needs(Permission.SPACE_BUILD)
def new() -> ResponseReturnValue:
    """GET and POST /objectives/new"""
    space, form = space_here(), NewObjectiveForm()
    own = {badge.id: badge.name for badge in badges_of_issuer(space.issuer)}
    form.offer(own, badge_names_by_issuer(space.organization))
    if form.validate_on_submit() and _create(space, form):
        return redirect(page_url("room.home", _anchor="objectives"), 303)
    return render_template("spaces/objectives/new.html", space=space, form=form), 422 if form.errors else 200


@needs(Permission.SPACE_BUILD)
def edit(objective_id: str) -> ResponseReturnValue:
    """GET and POST /objectives/<objective_id>/edit"""
    space, line = space_here(), objective_here(objective_id)
    form = ManualForm(obj=line) if line.kind == "manual" else BadgeObjectiveForm(obj=line)
    now, status = None, 200
    if form.validate_on_submit():
        try:
            with transaction():
                edit_objective(objective_id, words=form.words(), seen=form.seen)
            return redirect(page_url("room.objective", objective_id=objective_id), 303)
        except Problem as refused:
            if refused.code != "objective_changed":
                raise
            now, status = objective_here(objective_id), refused.status
            form.revision.data = str(now.revision)  # whoever saves now has read both
    status = 422 if form.errors else status
    return render_template("spaces/objectives/edit.html", space=space, objective=line, form=form, now=now), status


@needs(Permission.SPACE_SEE)
def show(objective_id: str) -> ResponseReturnValue:
    """GET /objectives/<objective_id>"""
    space, visit = space_here(), current_visit()
    if may(visit, Permission.SPACE_BUILD):
        return render_template(
            "spaces/objectives/staff.html", space=space, objective=objective_here(objective_id),
            others=[one for one in objective_lines(space.id) if one.id != objective_id],
            may_be_deleted=may_be_deleted(objective_id),
        )  # fmt: skip
    me = member_of(space.id, visit.person)
    found = own_objectives(space.id, me.id if me else None, objective_id)
    if not found:
        raise Problem("not_found")
    return render_template(
        "spaces/objectives/learner.html", space=space, objective=found[0],
        evidence=own_evidence(space.id, me.id if me else None, objective_id),
        why=why_not_yet(space, me.id if me else None, objective_id, for_staff=visit.is_seen_by_another),
    )  # fmt: skip


@needs(Permission.SPACE_SEE)
def picture(objective_id: str) -> Response:
    """GET /objectives/<objective_id>/picture.png: of a badge of somebody else, cleaned when it was chosen"""
    try:
        response = make_response(kept_picture(picture_key(current_visit().space or "", objective_id) or ""))
    except KeyError:
        raise Problem("not_found") from None
    response.mimetype = "image/png"
    response.headers["Content-Security-Policy"] = _SEALED
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def objective_here(objective_id: str) -> ObjectiveLine:
    """Raises `Problem` not_found for an objective of another Space, and for one that was deleted."""
    found = objective_lines(current_visit().space or "", objective_id)
    if not found:
        raise Problem("not_found")
    return found[0]


def _create(space: SpaceFacts, form: NewObjectiveForm) -> bool:
    """Badge and objective in one transaction; a picture or a badge that cannot be used is told beside its field.

    What asks outside, or takes its time, comes before it.
    """
    tracked: str | ForeignBadge | None = None
    try:
        picture = cleaned_or_drawn(form.uploaded) if form.makes_badge else None
        tracked = find_badge(form.given) if form.given else form.tracked.data
        with transaction():
            hold_space(space.id)
            if made_before(space.id, form.made.data):
                return True
            _make(space, form, picture, tracked)
    except Problem as refused:
        form.tell(refused)
        return False
    finally:
        if isinstance(tracked, ForeignBadge):  # kept for an objective that may have come to nothing
            forget_now([tracked.picture])
    return True


def _make(space: SpaceFacts, form: NewObjectiveForm, picture: CleanPicture | None, tracked: str | ForeignBadge) -> None:
    if form.is_manual:
        badge = _new_badge(space, form, picture) if picture else form.badge.data
        create_objective(space.id, badge=badge, words=form.words(), objective_id=form.made.data)
        return
    words = ObjectiveWords(form.name_of(tracked), form.points.data)
    create_objective(space.id, badge=tracked, words=words, kind="badge", objective_id=form.made.data)


def _new_badge(space: SpaceFacts, form: NewObjectiveForm, picture: CleanPicture) -> str:
    said = (form.criteria.data, form.public_criteria.data, form.description.data)
    return create_badge(
        issuer=space.issuer, name=(form.badge_name.data or "").strip() or form.title.data,
        description=form.description.data, criteria=next(one for one in said if (one or "").strip()),
        picture=picture, created_by=current_visit().person,
    ).id  # fmt: skip
