"""Progress: the grid of learners × objectives, one objective with everybody, one learner, one cell, and the chart."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import new_id
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.spaces.evidence.reads import attempts_of
from lti_tool.spaces.groups.reads import groups_of
from lti_tool.spaces.here import space_here
from lti_tool.spaces.member_reads import learner_line
from lti_tool.spaces.progress.asked import just_done, many_just_done, place_asked, view_asked
from lti_tool.spaces.progress.cells import cell, cells_of, history
from lti_tool.spaces.progress.learners import beside, count_in, glance, learners_of
from lti_tool.spaces.progress.reads import ObjectiveHead, chart, grid, heads_beside, objective_heads
from lti_tool.spaces.progress.stuck import STUCK_DAYS
from lti_tool.spaces.progress.view import View
from lti_tool.spaces.why import why_not_yet, whys_of


@needs(Permission.SPACE_RUN)
def progress() -> ResponseReturnValue:
    """GET /progress"""
    return _list("spaces/progress/grid.html", None)


@needs(Permission.SPACE_RUN)
def objective_learners(objective_id: str) -> ResponseReturnValue:
    """GET /objectives/<objective_id>/learners: one column of the grid, with everybody"""
    return _list("spaces/progress/column.html", objective_id)


@needs(Permission.SPACE_RUN)
def learner(member_id: str) -> ResponseReturnValue:
    """GET /progress/<member_id>"""
    space, view, heads = space_here(), view_asked(), objective_heads(space_here().id)
    line, cells = learner_line(space.id, member_id), cells_of(space.id, member_id)
    return render_template(
        "spaces/progress/learner.html", space=space, learner=line, cells=cells, view=view,
        history=history(cells, joined_at=line.joined_at, left_at=line.left_at),
        beside=beside(learners_of(space, view, len(heads)), member_id), just_done=just_done(space.id, member_id),
        all=len(heads), whys=whys_of(space, member_id),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def completion(member_id: str, objective_id: str) -> ResponseReturnValue:
    """GET /progress/<member_id>/<objective_id>"""
    space, view, heads = space_here(), view_asked(), objective_heads(space_here().id)
    line, found = learner_line(space.id, member_id), cell(space.id, member_id, objective_id)
    return render_template(
        "spaces/progress/completion.html", space=space, learner=line, cell=found, view=view,
        beside=beside(learners_of(space, view, len(heads), objective_id), member_id),
        objectives_beside=heads_beside(heads, objective_id),
        attempts=attempts_of(objective_id, member_id, for_staff=True),
        just_done=just_done(space.id, member_id, objective_id),
        why=why_not_yet(space, member_id, objective_id, for_staff=True),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def progress_chart() -> ResponseReturnValue:
    """GET /progress/chart"""
    space, bars = space_here(), chart(space_here().id)
    figures = glance(learners_of(space, View(), len(bars)))
    return render_template("spaces/progress/chart.html", space=space, bars=bars, glance=figures)


def _list(template: str, objective_id: str | None) -> str:
    """The grid or one column of it: a page of learners, and what may be done with those that are ticked."""
    space, view, place = space_here(), view_asked(), place_asked()
    heads = objective_heads(space.id)
    head = _head(heads, objective_id) if objective_id else None
    asked = learners_of(space, view, len(heads), objective_id)
    shown, ticked = grid(asked, heads, place), request.args.get("ticked")
    is_long = shown.learners.previous is not None or shown.learners.next is not None
    return render_template(
        template, space=space, grid=shown, objective=head, view=view, place=place, stuck_days=STUCK_DAYS,
        groups=groups_of(space.id), ticked=ticked if ticked in ("page", "everybody") else None,
        all_shown=count_in(asked) if ticked and is_long else len(shown.learners.lines),
        just_done=just_done(space.id, None, objective_id), many=many_just_done(heads, objective_id),
        made=new_id(),
    )  # fmt: skip


def _head(heads: list[ObjectiveHead], objective_id: str) -> ObjectiveHead:
    """Raises `Problem` not_found for an objective of another Space and for one of the archive."""
    found = next((head for head in heads if head.id == objective_id), None)
    if found is None:
        raise Problem("not_found")
    return found
