"""What is done on the pages of progress: complete or taken back, for one learner or for all that are ticked."""

from typing import Any

from flask import redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.db import transaction
from lti_tool.errors import Entry, Problem, catalogue
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import current_visit
from lti_tool.spaces import completions
from lti_tool.spaces.here import space_here
from lti_tool.spaces.member_reads import learner_line
from lti_tool.spaces.progress.asked import moment_from, place_asked, view_asked
from lti_tool.spaces.progress.cells import cell
from lti_tool.spaces.progress.completing_many import ManyDone, complete_many, undo_many
from lti_tool.spaces.progress.learners import everybody_in, learners_of
from lti_tool.spaces.progress.reads import objective_heads

catalogue(
    {
        "nobody_ticked": Entry(
            422, "Nobody is ticked", "Tick the learners first for whom the objective shall be complete.",
            "you", "Go back and tick them; “Select all shown” ticks everybody on the page.",
        ),
        "no_objective_chosen": Entry(
            422, "No objective is chosen", "Choose the objective that shall be complete.",
            "you", "Go back and choose it beside the button.",
        ),
    }
)  # fmt: skip


@needs(Permission.SPACE_RUN)
def complete(member_id: str, objective_id: str) -> ResponseReturnValue:
    """POST /progress/<member_id>/<objective_id>/complete; `confirmed`: whatever the objective asks for"""
    _check_here(member_id, objective_id)
    with transaction():
        completions.complete(
            objective_id=objective_id, member_id=member_id, by=current_visit().person,
            confirmed="confirmed" in request.form,
        )  # fmt: skip
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


@needs(Permission.SPACE_RUN)
def complete_for_many() -> ResponseReturnValue:
    """POST /progress/complete-many: `objective` for each `member`, or for `everybody` that the list shows"""
    space, objective_id = space_here(), request.form.get("objective", "")
    if not objective_id:
        raise Problem("no_objective_chosen")
    with transaction():
        ticked = _ticked(objective_id)
        done = complete_many(
            space.id, objective_id, ticked, by=current_visit().person,
            confirmed="confirmed" in request.form, form=request.form.get("made", ""),
        )  # fmt: skip
        if not ticked and not done.done:  # by its first press the list may have emptied itself
            raise Problem("nobody_ticked")
    return redirect(_back_to_list(objective_id, **_told(done)), 303)


@needs(Permission.SPACE_RUN)
def undo_for_many() -> ResponseReturnValue:
    """POST /progress/undo-many: what was marked complete `at` one moment"""
    space, objective_id = space_here(), request.form.get("objective", "")
    at = moment_from(request.form.get("at"))
    if at is None:
        raise Problem("bad_request", _("Say which moment it is that shall be undone."))
    with transaction():
        undone = undo_many(space.id, objective_id, at)
    return redirect(_back_to_list(objective_id, many=at.isoformat(), undone=undone), 303)


def _ticked(objective_id: str) -> list[str]:
    space, found = space_here(), request.form.getlist("member")
    if "everybody" in request.form:
        of_column = objective_id if request.form.get("back") == "column" else None
        found = everybody_in(learners_of(space, view_asked(), len(objective_heads(space.id)), of_column))
    return found


def _told(done: ManyDone) -> dict[str, Any]:
    told = {"many": done.at.isoformat(), "had": done.had, "without": done.without_evidence}
    return {word: value for word, value in told.items() if value}


def _check_here(member_id: str, objective_id: str) -> None:
    space = space_here()
    learner_line(space.id, member_id)
    cell(space.id, member_id, objective_id)


def _back(member_id: str, objective_id: str, done: str) -> str:
    """The page that the button was pressed on; it reads from the database what has been done."""
    view = view_asked().words
    match request.form.get("back"):
        case "grid" | "column":
            return _back_to_list(objective_id, done=done, member=member_id, _anchor=f"m-{member_id}")
        case "learner":
            told = {**view, "done": done, "objective": objective_id}
            return page_url("room.learner", member_id=member_id, **told, _anchor=f"o-{objective_id}")
        case _:
            return page_url("room.completion", member_id=member_id, objective_id=objective_id, done=done, **view)


def _back_to_list(objective_id: str, **told: Any) -> str:
    place = place_asked()
    where = {"after": place.after, "before": place.before} if place.after or place.before else {}
    words = {**view_asked().words, **{word: value for word, value in where.items() if value}, **told}
    if request.form.get("back") == "column":
        return page_url("room.objective_learners", objective_id=objective_id, **words)
    return page_url("room.progress", **words, objective=objective_id)
