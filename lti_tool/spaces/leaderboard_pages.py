"""The leaderboard's pages: for learners their own place and those near it, for staff the board and its options."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.visit import Visit, current_visit
from lti_tool.spaces.here import space_here
from lti_tool.spaces.leaderboard import BoardPage, neighbours, participants, standing_of, top
from lti_tool.spaces.leaderboard_options import set_leaderboard_options
from lti_tool.spaces.leaderboard_rules import FEWEST_SHOWN, is_shown
from lti_tool.spaces.members import hide_from_board, member_of, share_name
from lti_tool.spaces.space import SpaceFacts


@needs(Permission.SPACE_SEE)
def leaderboard() -> ResponseReturnValue:
    """GET /leaderboard"""
    space, visit = space_here(), current_visit()
    if may(visit, Permission.SPACE_BUILD):
        return _board_for_staff(space, with_people=may(visit, Permission.SPACE_RUN))
    return _board_for_learner(space, visit)


@needs(Permission.SPACE_SHAPE)
def leaderboard_options() -> ResponseReturnValue:
    """POST /leaderboard/options: one save for all three"""
    space, said = space_here(), request.form
    with transaction():
        set_leaderboard_options(space.id, on="on" in said, aliases="aliases" in said, names="names" in said)
    return redirect(url_for("room.leaderboard", saved=1), 303)


@needs(Permission.SPACE_SEE)
def leaderboard_me() -> ResponseReturnValue:
    """POST /leaderboard/me: `choice` is hide, show, name or alias"""
    space, choice = space_here(), request.form.get("choice", "")
    me = _learner_here(space, current_visit())
    if not space.leaderboard_on or me is None:
        raise Problem("not_found")
    with transaction():
        _choose(space, me, choice)
    return redirect(url_for("room.leaderboard"), 303)


def _choose(space: SpaceFacts, me: str, choice: str) -> None:
    match choice:
        case "hide" | "show":
            hide_from_board(me, hides=choice == "hide")
        case "alias":
            share_name(me, shares=False)
        case "name" if space.names_allowed:
            share_name(me, shares=True)
        case _:
            raise Problem("bad_request", "That choice is not offered.")


def _board_for_staff(space: SpaceFacts, *, with_people: bool) -> str:
    """The options, and the board for those who work with people: a designer sets it up and sees nobody on it."""
    count = participants(space.id)
    page = top(space.id, request.args.get("after")) if with_people else None
    return render_template(
        "spaces/leaderboard/staff.html", space=space, participants=count, shown=is_shown(count),
        fewest=FEWEST_SHOWN, page=page, saved="saved" in request.args,
    )  # fmt: skip


def _board_for_learner(space: SpaceFacts, visit: Visit) -> str:
    if not space.leaderboard_on:
        raise Problem("not_found")
    me, count = _learner_here(space, visit), participants(space.id)
    whole = me is None or request.args.get("view") == "all"
    page = BoardPage([], None)
    if is_shown(count):
        page = BoardPage(neighbours(me), None) if me and not whole else top(space.id, request.args.get("after"), me=me)
    return render_template(
        "spaces/leaderboard/learner.html", space=space, participants=count, shown=is_shown(count), whole=whole,
        fewest=FEWEST_SHOWN, page=page, me=standing_of(me) if me else None,
        later_page="after" in request.args,
    )  # fmt: skip


def _learner_here(space: SpaceFacts, visit: Visit) -> str | None:
    """The member who looks; None for a preview, who sees the board and is not on it."""
    member = None if visit.preview else member_of(space.id, visit.person)
    return member.id if member and (member.role, member.status) == ("member", "active") else None
