"""Objectives: staff add, change and order them; learners read what counts and where they stand."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_classes import badges_of_issuer, create_badge
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import current_visit
from lti_tool.spaces.forms import NEW_BADGE, NewObjectiveForm, ObjectiveForm
from lti_tool.spaces.here import space_here
from lti_tool.spaces.members import member_of
from lti_tool.spaces.objective_reads import ObjectiveLine, objective_lines, own_objectives
from lti_tool.spaces.objectives import ObjectiveWords, create_objective, edit_objective, move_objective
from lti_tool.spaces.space import SpaceFacts


@needs(Permission.SPACE_BUILD)
def new() -> ResponseReturnValue:
    """GET and POST /objectives/new"""
    space, form = space_here(), NewObjectiveForm()
    badges = badges_of_issuer(space.issuer)
    form.badge.choices = [(NEW_BADGE, "A new badge, made here"), *((badge.id, badge.name) for badge in badges)]
    if form.validate_on_submit() and _create(space, form):
        return redirect(url_for("room.home", _anchor="objectives"), 303)
    return render_template("spaces/objectives/new.html", space=space, form=form), 422 if form.errors else 200


@needs(Permission.SPACE_BUILD)
def edit(objective_id: str) -> ResponseReturnValue:
    """GET and POST /objectives/<objective_id>/edit"""
    space, line = space_here(), _line(objective_id)
    form = ObjectiveForm(obj=line)
    if form.validate_on_submit():
        with transaction():
            edit_objective(objective_id, words=_words(form))
        return redirect(url_for("room.objective", objective_id=objective_id), 303)
    status = 422 if form.errors else 200
    return render_template("spaces/objectives/edit.html", space=space, objective=line, form=form), status


@needs(Permission.SPACE_BUILD)
def move(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/move, `by` up or down"""
    _line(objective_id)
    with transaction():
        move_objective(objective_id, up=request.form.get("by") == "up")
    return redirect(url_for("room.home", _anchor="objectives"), 303)


@needs(Permission.SPACE_SEE)
def show(objective_id: str) -> ResponseReturnValue:
    """GET /objectives/<objective_id>"""
    space, visit = space_here(), current_visit()
    if may(visit, Permission.SPACE_BUILD):
        return render_template("spaces/objectives/staff.html", space=space, objective=_line(objective_id))
    me = member_of(space.id, visit.person)
    found = own_objectives(space.id, me.id if me else None, objective_id)
    if not found:
        raise Problem("not_found")
    return render_template("spaces/objectives/learner.html", space=space, objective=found[0])


def _create(space: SpaceFacts, form: NewObjectiveForm) -> bool:
    """Badge and objective in one transaction; a picture that cannot be used is told beside its field."""
    try:
        with transaction():
            badge = _new_badge(space, form) if form.makes_badge else form.badge.data
            create_objective(space.id, badge=badge, words=_words(form))
    except Problem as refused:
        form.tell(refused)
        return False
    return True


def _new_badge(space: SpaceFacts, form: NewObjectiveForm) -> str:
    return create_badge(
        issuer=space.issuer, name=form.badge_name.data or form.title.data, description=form.description.data,
        criteria=form.criteria.data or form.public_criteria.data or form.description.data,
        picture=form.uploaded, created_by=current_visit().person,
    ).id  # fmt: skip


def _words(form: ObjectiveForm) -> ObjectiveWords:
    return ObjectiveWords(
        title=form.title.data, points=form.points.data, public_criteria=form.public_criteria.data or "",
        private_criteria=form.private_criteria.data or "", revoke_with_objective=form.revoke_with_objective.data,
    )  # fmt: skip


def _line(objective_id: str) -> ObjectiveLine:
    found = objective_lines(current_visit().space or "", objective_id)
    if not found:
        raise Problem("not_found")
    return found[0]
