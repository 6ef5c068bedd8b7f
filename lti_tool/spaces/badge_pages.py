"""A badge made by itself, to be chosen for objectives later."""

from flask import redirect, render_template
from flask.typing import ResponseReturnValue

from lti_tool.badges.badge_classes import create_badge
from lti_tool.badges.pictures_kept import cleaned_or_drawn
from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.forms import BadgeForm
from lti_tool.spaces.here import space_here


@needs(Permission.SPACE_BUILD)
def new() -> ResponseReturnValue:
    """GET and POST /badges/new"""
    space, form = space_here(), BadgeForm()
    if form.validate_on_submit():
        try:
            picture = cleaned_or_drawn(form.uploaded)
            with transaction():
                create_badge(
                    issuer=space.issuer, name=form.badge_name.data, description=form.description.data,
                    criteria=form.criteria.data, picture=picture, created_by=current_visit().person,
                    once=form.made.data,
                )  # fmt: skip
        except Problem as refused:
            form.tell(refused)
        else:
            return redirect(page_url("room.new_objective"), 303)
    return render_template("spaces/badges/new.html", space=space, form=form), 422 if form.errors else 200
