"""The page of members: who is here, who left, which places wait; adding one by address, removing, putting back."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, needs
from lti_tool.people.addresses import page_url
from lti_tool.spaces.here import space_here
from lti_tool.spaces.list_turns import turn_asked, turn_words
from lti_tool.spaces.member_reads import MemberLine, Turn, count_learners, learner_line, learners_page
from lti_tool.spaces.members import add_by_email, put_back, remove_member
from lti_tool.spaces.model import Member

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
    return redirect(page_url("room.members", added=member_id), 303)


@needs(Permission.SPACE_RUN)
def remove_one(member_id: str) -> ResponseReturnValue:
    """POST /members/<member_id>/remove: the answer offers to undo it."""
    with transaction():
        gone = remove_member(space_here().id, member_id)
    if gone.status == "open":  # of an open place nothing is left
        return _page(Turn(), dropped=gone)
    return redirect(page_url("room.members", removed=member_id), 303)


@needs(Permission.SPACE_RUN)
def put_one_back(member_id: str) -> ResponseReturnValue:
    """POST /members/<member_id>/put-back"""
    with transaction():
        put_back(space_here().id, member_id)
    return redirect(page_url("room.members", added=member_id), 303)


def _page(
    turn: Turn, *, email: str = "", name: str = "", refused: Problem | None = None, dropped: Member | None = None
) -> str:
    space = space_here()
    return render_template(
        "spaces/members/list.html", space=space, page=learners_page(space.id, turn), turn=turn,
        turn_words=turn_words(turn), learners=count_learners(space.id), added=_told("added"),
        removed=_told("removed"), dropped=dropped, email=email, name=name, refused=refused,
    )  # fmt: skip


def _told(what: str) -> MemberLine | None:
    """Whom the address says something was done with a moment ago."""
    member_id = request.args.get(what)
    return learner_line(space_here().id, member_id) if member_id else None
