"""The click that brings last term's words into a copied course, and its undoing."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.last_term import bring_last_term, undo_last_term
from lti_tool.spaces.space_forms import LastTermForm, number_in


@needs(Permission.SPACE_CREATE)
def bring() -> ResponseReturnValue:
    """POST /space/last-term: one click, since all fields come filled in; of two at once the second finds the Space"""
    form = LastTermForm()
    if not form.validate_on_submit():
        return render_template("spaces/last_term/again.html", form=form), 422
    try:
        with transaction():
            bring_last_term(current_visit(), form)
    except Problem as refused:
        if refused.code != "course_has_space":
            raise
        return redirect(page_url("room.home"), 303)
    return redirect(page_url("room.home", brought=1), 303)


@needs(Permission.SPACE_SHAPE)
def undo() -> Response:
    """POST /space/last-term/undo, `revision`: the Space goes, and its course is offered the same again"""
    with transaction():
        undo_last_term(space_here().id, seen=number_in(request.form.get("revision")))
    return redirect(page_url("room.home"), 303)
