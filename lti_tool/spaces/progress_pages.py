"""Progress: the grid of learners × objectives, one learner, one cell, and marking it complete from any of them."""

from dataclasses import dataclass

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.csvfile import content_disposition, separator_for
from lti_tool.db import db, transaction
from lti_tool.people.access import Permission, needs
from lti_tool.people.visit import current_visit
from lti_tool.spaces import completions
from lti_tool.spaces.export import progress_csv
from lti_tool.spaces.here import space_here
from lti_tool.spaces.list_turns import turn_asked, turn_words
from lti_tool.spaces.member_reads import MemberLine, beside, learner_line
from lti_tool.spaces.progress_reads import Cell, cell, cells_of, grid, history, objective_heads, objectives_beside


@dataclass(frozen=True)
class JustDone:
    """What the last click did, for the notice that offers to undo it."""

    learner: MemberLine
    cell: Cell


@needs(Permission.SPACE_RUN)
def progress() -> ResponseReturnValue:
    """GET /progress"""
    space, turn = space_here(), turn_asked()
    return render_template(
        "spaces/progress/grid.html", space=space, grid=grid(space.id, turn), turn=turn,
        turn_words=turn_words(turn), just_done=_just_done(space.id),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def progress_file() -> ResponseReturnValue:
    """GET /progress.csv: everybody × every objective, whatever the page was searched for."""
    space = space_here()
    separator = separator_for(current_visit().locale, request.args.get("separator"))
    name, pieces = progress_csv(space, separator=separator)
    db.session.remove()  # a long download must not keep this request's reading transaction open
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(pieces, mimetype="text/csv", headers=headers)


@needs(Permission.SPACE_RUN)
def learner(member_id: str) -> ResponseReturnValue:
    """GET /progress/<member_id>"""
    space = space_here()
    line, cells = learner_line(space.id, member_id), cells_of(space.id, member_id)
    return render_template(
        "spaces/progress/learner.html", space=space, learner=line, cells=cells,
        history=history(cells, joined_at=line.joined_at, left_at=line.left_at),
        beside=beside(space.id, member_id), just_done=_just_done(space.id, member_id),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def completion(member_id: str, objective_id: str) -> ResponseReturnValue:
    """GET /progress/<member_id>/<objective_id>"""
    space = space_here()
    return render_template(
        "spaces/progress/completion.html", space=space, learner=learner_line(space.id, member_id),
        cell=cell(space.id, member_id, objective_id), beside=beside(space.id, member_id),
        objectives_beside=objectives_beside(objective_heads(space.id), objective_id),
        just_done=_just_done(space.id, member_id, objective_id),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def complete(member_id: str, objective_id: str) -> ResponseReturnValue:
    """POST /progress/<member_id>/<objective_id>/complete"""
    _check_here(member_id, objective_id)
    with transaction():
        completions.complete(objective_id=objective_id, member_id=member_id, by=current_visit().person)
    return redirect(_back(member_id, objective_id, "complete"), 303)


@needs(Permission.SPACE_RUN)
def take_back(member_id: str, objective_id: str) -> ResponseReturnValue:
    """POST /progress/<member_id>/<objective_id>/take-back, with an optional reason"""
    _check_here(member_id, objective_id)
    with transaction():
        completions.take_back(
            objective_id=objective_id, member_id=member_id, by=current_visit().person,
            reason=request.form.get("reason", "").strip() or None,
        )  # fmt: skip
    return redirect(_back(member_id, objective_id, "taken_back"), 303)


def _check_here(member_id: str, objective_id: str) -> None:
    space = space_here()
    learner_line(space.id, member_id)
    cell(space.id, member_id, objective_id)


def _back(member_id: str, objective_id: str, done: str) -> str:
    """The page that the button was pressed on; it reads from the database what has been done."""
    match request.form.get("back"):
        case "grid":
            told = {**turn_words(turn_asked()), "done": done, "member": member_id, "objective": objective_id}
            return url_for("room.progress", **told, _anchor=f"m-{member_id}")
        case "learner":
            told = {"done": done, "objective": objective_id}
            return url_for("room.learner", member_id=member_id, **told, _anchor=f"o-{objective_id}")
        case _:
            return url_for("room.completion", member_id=member_id, objective_id=objective_id, done=done)


def _just_done(space_id: str, member_id: str | None = None, objective_id: str | None = None) -> JustDone | None:
    """What `?done=` says, if it is still so. Nothing is taken from the address but ids, and those are looked up."""
    done = request.args.get("done")
    if done not in ("complete", "taken_back"):
        return None
    line = learner_line(space_id, member_id or request.args.get("member", ""))
    found = cell(space_id, line.id, objective_id or request.args.get("objective", ""))
    return JustDone(line, found) if found.state == done else None
