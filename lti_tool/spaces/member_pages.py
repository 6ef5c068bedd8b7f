"""The page of members: who is here, who left, which places wait, and adding one person by address."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.spaces.here import space_here
from lti_tool.spaces.list_turns import turn_asked, turn_words
from lti_tool.spaces.member_reads import Turn, count_learners, learner_line, learners_page, staff_lines
from lti_tool.spaces.members import add_by_email

_INLINE = {"bad_request", "already_member"}


@needs(Permission.SPACE_RUN)
def members() -> ResponseReturnValue:
    """GET /members"""
    return _page(turn_asked())


@needs(Permission.SPACE_RUN)
def add_member() -> ResponseReturnValue:
    """POST /members: a refusal comes back beside the field, with what was typed."""
    space, email, name = space_here(), request.form.get("email", ""), request.form.get("name", "")
    try:
        with transaction():
            member_id = add_by_email(space.id, email=email, name=name).id
    except Problem as problem:
        if problem.code not in _INLINE:
            raise
        return _page(Turn(), email=email, name=name, refused=problem), problem.status
    return redirect(url_for("room.members", added=member_id), 303)


def _page(turn: Turn, *, email: str = "", name: str = "", refused: Problem | None = None) -> str:
    space, added = space_here(), request.args.get("added")
    return render_template(
        "spaces/members/list.html", space=space, page=learners_page(space.id, turn), turn=turn,
        turn_words=turn_words(turn), staff=staff_lines(space.id), learners=count_learners(space.id),
        added=learner_line(space.id, added) if added else None, email=email, name=name, refused=refused,
    )  # fmt: skip
