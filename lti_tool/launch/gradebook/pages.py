"""The gradebook: a panel on the progress page, a page of its own for staff, and a line for each learner."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.asking import is_left, keep_theirs, looks_seen, send_ours
from lti_tool.launch.gradebook.choosing import choice_of, choices_of, choose, outlook
from lti_tool.launch.gradebook.delivery_reads import SHOWN, lines, own_grade
from lti_tool.launch.gradebook.moving import ask_to_send
from lti_tool.launch.gradebook.reads import gradebook_state
from lti_tool.launch.gradebook.sending import send_again
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here
from lti_tool.web import is_fragment


@needs(Permission.SPACE_RUN)
def show() -> ResponseReturnValue:
    """GET /gradebook: how delivery stands, grade by grade where somebody is asked, and what the gradebook shows"""
    course, space, visit = _course(), space_here(), current_visit()
    seen = looks_seen(course)  # first: what is found while the page is made is not taken for read
    return render_template(
        "launch/gradebook/page.html", space=space, seen=seen, state=gradebook_state(course, space.id, space.name),
        listed={kind: lines(course, space.id, kind) for kind in ("held", "refused", "drifted", "kept")}, most=SHOWN,
        choice=choice_of(course, space.id), choices=choices_of(course), shapes=may(visit, Permission.SPACE_SHAPE),
        changed=request.args.get("changed"), unseen=request.args.get("unseen"),
    )  # fmt: skip


@needs(Permission.SPACE_RUN)
def status() -> ResponseReturnValue:
    """GET /gradebook/status: the figures alone, for htmx; without scripts the whole page"""
    if not is_fragment():
        return redirect(url_for("gradebook.show"), 303)
    state = gradebook_state(_course(), space_here().id, space_here().name)
    return render_template("launch/gradebook/_status.html", state=state, polled=True)


@needs(Permission.SPACE_SHAPE)
def decide_what() -> ResponseReturnValue:
    """POST /gradebook/choice, `shows`: first what will happen, and with `confirmed` it does"""
    course, space, wanted = _course(), space_here(), request.form.get("shows", "")
    ahead = outlook(course, space.id, wanted)
    if request.form.get("confirmed") != "yes" and ahead.shows != ahead.now:
        return render_template("launch/gradebook/outlook.html", space=space, ahead=ahead)
    with transaction():
        choose(course, space.id, wanted)
    return redirect(url_for("gradebook.show", changed=1 if ahead.shows != ahead.now else None), 303)


@needs(Permission.SPACE_SHAPE)
def send() -> ResponseReturnValue:
    """POST /gradebook/send: what the LMS refused goes again, or one `score` of it. A Space that has ended still sends
    what was done in it.
    """
    course, score = _course(), request.form.get("score")
    with transaction():
        if score:
            send_ours(course, "refused", score)
        else:
            send_again(course)
            ask_to_send(course)
    return _back()


@needs(Permission.SPACE_SHAPE)
def settle_difference() -> ResponseReturnValue:
    """POST /gradebook/difference: `do` ours or theirs, with all of the kind `which`, or one `score`, as far as the page
    showed what the LMS shows now (`seen`)
    """
    act = {"ours": send_ours, "theirs": keep_theirs}.get(request.form.get("do", ""))
    if act is None:
        raise Problem("bad_request")
    course, which, score = _course(), request.form.get("which", ""), request.form.get("score") or None
    with transaction():
        act(course, which, score, seen=request.form.get("seen", ""))
        is_unseen = is_left(course, which, score)
    if is_unseen:
        return redirect(url_for("gradebook.show", unseen="one" if score else "some"), 303)
    return _back()


def panel() -> str:
    """What the door hangs into the progress page; nothing where there is no course, or for who does not run it."""
    visit = current_visit()
    if visit.course is None or not may(visit, Permission.SPACE_RUN):
        return ""
    space = space_here()
    state = gradebook_state(visit.course.ref, space.id, space.name)
    return render_template(
        "launch/gradebook/panel.html", visit=visit, state=state, shapes=may(visit, Permission.SPACE_SHAPE)
    )  # fmt: skip


def own_line() -> str:
    """What the door hangs into a learner's own page: since when the LMS shows it, or that it is on its way."""
    visit = current_visit()
    if visit.course is None or visit.space is None:
        return ""
    grade = own_grade(visit.course.ref, visit.space, visit.person)
    return render_template("launch/gradebook/own.html", grade=grade) if grade else ""


def _course() -> str:
    course = current_visit().course
    if course is None:
        raise Problem("not_found")
    return course.ref


def _back() -> ResponseReturnValue:
    """To the page from which it was pressed."""
    if request.form.get("from") == "progress":
        return redirect(url_for("room.progress", _anchor="gradebook"), 303)
    return redirect(url_for("gradebook.show"), 303)


gradebook_pages = Blueprint("gradebook", __name__)
gradebook_pages.add_url_rule("/gradebook", "show", show)
gradebook_pages.add_url_rule("/gradebook/status", "status", status)
gradebook_pages.add_url_rule("/gradebook/choice", "choice", decide_what, methods=["POST"])
gradebook_pages.add_url_rule("/gradebook/send", "send", send, methods=["POST"])
gradebook_pages.add_url_rule("/gradebook/difference", "difference", settle_difference, methods=["POST"])
