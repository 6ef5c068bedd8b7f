"""The roster on the members page: when it was read, how far it is, what the LMS refused, and the refresh button."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.roster.asking import ask_for_roster
from lti_tool.launch.roster.deciding import keep_everybody, put_everybody_back, take_over
from lti_tool.launch.roster.reads import is_put_back, roster_state
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Visit, current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.space import open_space
from lti_tool.web import is_fragment


@needs(Permission.SPACE_RUN)
def refresh() -> ResponseReturnValue:
    """Ask for a reading; one that is under way is enough."""
    visit = current_visit()
    with transaction():
        open_space(visit.space or "")
        if visit.course is not None:
            ask_for_roster(visit.course.ref, by=visit.person)
    return redirect(url_for("room.members"), code=303)


@needs(Permission.SPACE_RUN)
def status() -> ResponseReturnValue:
    """How the reading stands: a fragment for htmx, a whole page without scripts."""
    shown = _panel(current_visit(), polled=is_fragment())
    if is_fragment():
        return shown
    return render_template("launch/roster/status.html", shown=shown, space=space_here())


@needs(Permission.SPACE_RUN)
def decide() -> ResponseReturnValue:
    """POST /roster/decision: `do` is take, keep or undo, of the reading `read`. Nothing is done in an ended Space."""
    visit, do = current_visit(), request.form.get("do")
    course, read = visit.course.ref if visit.course else "", request.form.get("read", "")
    acts = {"take": take_over, "keep": keep_everybody, "undo": put_everybody_back}
    if do not in acts:
        raise Problem("bad_request")
    with transaction():
        open_space(visit.space or "")
        acts[do](course, read, by=visit.person)
    return redirect(url_for("room.members", back=read if do == "undo" else None), code=303)


def panel() -> str:
    """What the door hangs into the members page; nothing where there is no course, or for who does not run it."""
    visit = current_visit()
    return _panel(visit) if visit.course and may(visit, Permission.SPACE_RUN) else ""


def _panel(visit: Visit, *, polled: bool = False) -> str:
    """`polled` says that the page around it may show the list as it was before."""
    state = roster_state(visit.course.ref) if visit.course else None
    back, undone = request.args.get("back"), False
    if back and visit.course:
        undone = is_put_back(visit.course.ref, back)
    return render_template(
        "launch/roster/panel.html", visit=visit, state=state, polled=polled, space=space_here(), undone=undone
    )


roster_pages = Blueprint("roster", __name__)
roster_pages.add_url_rule("/roster/refresh", "refresh", refresh, methods=["POST"])
roster_pages.add_url_rule("/roster/decision", "decide", decide, methods=["POST"])
roster_pages.add_url_rule("/roster/status", "status", status)
