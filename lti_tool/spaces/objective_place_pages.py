"""Where objectives stand: their order, the archive, and deleting with its undo."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.objective_pages import objective_here
from lti_tool.spaces.objective_places import (
    archive_objective,
    delete_objective,
    move_objective,
    place_objective,
    restore_objective,
)
from lti_tool.spaces.objective_reads import deleted_objective, objective_lines


@needs(Permission.SPACE_BUILD)
def move(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/move: one place, `by` up or down; or to any, `after` another one or `first`"""
    objective_here(objective_id)
    after = request.form.get("after")
    with transaction():
        if after:
            place_objective(objective_id, after=after)
        else:
            move_objective(objective_id, up=request.form.get("by") == "up")
    return redirect(page_url("room.home", _anchor="objectives"), 303)


@needs(Permission.SPACE_BUILD)
def archived() -> ResponseReturnValue:
    """GET /objectives/archive: what was put away, and the way back for what was deleted a moment ago"""
    space = space_here()
    deleted = deleted_objective(space.id, request.args.get("deleted", ""))
    return render_template(
        "spaces/objectives/archive.html", space=space, deleted=deleted,
        objectives=objective_lines(space.id, archived=True),
    )  # fmt: skip


@needs(Permission.SPACE_BUILD)
def archive(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/archive"""
    objective_here(objective_id)
    with transaction():
        archive_objective(objective_id)
    return redirect(page_url("room.objective", objective_id=objective_id), 303)


@needs(Permission.SPACE_BUILD)
def restore(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/restore: out of the archive, or the undo of deleting"""
    space_id = current_visit().space or ""
    if not objective_lines(space_id, objective_id) and deleted_objective(space_id, objective_id) is None:
        raise Problem("not_found")
    with transaction():
        restore_objective(objective_id)
    return redirect(page_url("room.objective", objective_id=objective_id), 303)


@needs(Permission.SPACE_BUILD)
def delete(objective_id: str) -> ResponseReturnValue:
    """POST /objectives/<objective_id>/delete: only while nothing has happened"""
    objective_here(objective_id)
    with transaction():
        delete_objective(objective_id)
    return redirect(page_url("room.archived_objectives", deleted=objective_id), 303)
