"""The gradebook on the progress page: how it stands, “Send again”, and the switch."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.launch.gradebook.moving import ask_to_send
from lti_tool.launch.gradebook.reads import gradebook_state
from lti_tool.launch.gradebook.sending import send_again
from lti_tool.launch.gradebook.switching import switch
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import current_visit
from lti_tool.spaces.here import space_here


@needs(Permission.SPACE_SHAPE)
def send() -> ResponseReturnValue:
    """POST /gradebook/send: what the LMS refused goes again. A Space that has ended still sends what was done in it."""
    course = _course()
    with transaction():
        send_again(course)
        ask_to_send(course)
    return _back()


@needs(Permission.SPACE_SHAPE)
def turn() -> ResponseReturnValue:
    """POST /gradebook/switch: `on` or not, for this course."""
    course, space, on = _course(), space_here(), request.form.get("on") == "yes"
    with transaction():
        switch(course, space.id, on=on)
        if on:
            ask_to_send(course)
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


def _course() -> str:
    course = current_visit().course
    if course is None:
        raise Problem("not_found")
    return course.ref


def _back() -> ResponseReturnValue:
    return redirect(url_for("room.progress", _anchor="gradebook"), 303)


gradebook_pages = Blueprint("gradebook", __name__)
gradebook_pages.add_url_rule("/gradebook/send", "send", send, methods=["POST"])
gradebook_pages.add_url_rule("/gradebook/switch", "switch", turn, methods=["POST"])
