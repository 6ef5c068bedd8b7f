"""The leaderboard's pages: for learners their own place and those near it, for staff the board and its options."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lti_tool.db import transaction
from lti_tool.errors import Problem
from lti_tool.people.access import Permission, may, needs
from lti_tool.people.addresses import page_url
from lti_tool.people.visit import Visit, current_visit
from lti_tool.spaces.groups.reads import team_totals
from lti_tool.spaces.here import space_here
from lti_tool.spaces.leaderboard import BoardPage, OwnStanding, neighbours, participants, standing_of, top
from lti_tool.spaces.leaderboard_aliases import refresh_alias, take_another_alias
from lti_tool.spaces.leaderboard_options import choose_leaderboard
from lti_tool.spaces.leaderboard_rules import FEWEST_SHOWN, is_shown, names_chosen
from lti_tool.spaces.member_reads import MemberLine, learner_line
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
    """POST /leaderboard/options: `names` says what learners see of each other, `do` is on, off or save"""
    space, do = space_here(), request.form.get("do")
    with transaction():
        choose_leaderboard(space.id, on=None if do == "save" else do == "on", names=request.form.get("names", ""))
    return redirect(page_url("room.leaderboard", saved=1), 303)


@needs(Permission.SPACE_RUN)
def leaderboard_alias(member_id: str) -> ResponseReturnValue:
    """POST /leaderboard/aliases/<member_id>: another alias for one learner"""
    space, line = space_here(), learner_line(space_here().id, member_id)
    with transaction():
        refresh_alias(space.id, line.id)
    told = {name: request.args[name] for name in ("after",) if name in request.args}
    return redirect(page_url("room.leaderboard", renamed=line.id, **told, _anchor="standing"), 303)


@needs(Permission.SPACE_SEE)
def leaderboard_me() -> ResponseReturnValue:
    """POST /leaderboard/me: `choice` is hide, show, name, alias or another"""
    space, choice = space_here(), request.form.get("choice", "")
    me = _learner_here(space, current_visit())
    if not space.leaderboard_on or me is None:
        raise Problem("not_found")
    with transaction():
        _choose(space, me, choice)
    return redirect(page_url("room.leaderboard", done=choice), 303)


def _choose(space: SpaceFacts, me: str, choice: str) -> None:
    """Whoever wants to be seen less may, at any time and back again; in an ended Space nobody becomes known."""
    match choice:
        case "hide" | "show":
            hide_from_board(me, hides=choice == "hide")
        case "alias":
            share_name(me, shares=False)
        case "name" | "another" if space.archived:
            raise Problem("space_archived")
        case "name" if space.names_allowed:
            share_name(me, shares=True)
        case "another":
            take_another_alias(space.id, me)
        case _:
            raise Problem("bad_request", _("That choice is not offered."))


def _board_for_staff(space: SpaceFacts, *, with_people: bool) -> str:
    """The options, and the board for those who work with people: a designer sets it up and sees nobody on it."""
    count, after = participants(space.id), request.args.get("after")
    return render_template(
        "spaces/leaderboard/staff.html", space=space, participants=count, shown=is_shown(count), fewest=FEWEST_SHOWN,
        page=top(space.id, after) if with_people else None, after=after, saved="saved" in request.args,
        names=names_chosen(aliases_on=space.aliases_on, names_allowed=space.names_allowed),
        renamed=_renamed(space) if with_people else None,
        teams=team_totals(space.id, for_learners=False) if with_people else [],
    )  # fmt: skip


def _renamed(space: SpaceFacts) -> tuple[MemberLine, str] | None:
    """Who has got another alias a moment ago, and which."""
    member_id = request.args.get("renamed")
    return (learner_line(space.id, member_id), standing_of(member_id).alias) if member_id else None


def _board_for_learner(space: SpaceFacts, visit: Visit) -> str:
    if not space.leaderboard_on:
        raise Problem("not_found")
    me, count = _learner_here(space, visit), participants(space.id)
    whole = me is None or request.args.get("view") == "all"
    page = BoardPage([], None)
    if is_shown(count):
        page = BoardPage(neighbours(me), None) if me and not whole else top(space.id, request.args.get("after"), me=me)
    mine = standing_of(me) if me else None
    return render_template(
        "spaces/leaderboard/learner.html", space=space, participants=count, shown=is_shown(count), whole=whole,
        teams=team_totals(space.id, for_learners=True) if is_shown(count) else [],
        fewest=FEWEST_SHOWN, page=page, me=mine, later_page="after" in request.args, done=_done(space, mine),
    )  # fmt: skip


def _done(space: SpaceFacts, me: OwnStanding | None) -> str | None:
    """What the last click did, if it is still so."""
    if me is None:
        return None
    stands = {
        "hide": me.hides, "show": not me.hides, "name": me.shares_name and space.names_allowed,
        "alias": not me.shares_name and space.names_allowed, "another": True,
    }  # fmt: skip
    done = request.args.get("done", "")
    return done if stands.get(done) else None


def _learner_here(space: SpaceFacts, visit: Visit) -> str | None:
    """The member who looks; None for a preview, who sees the board and is not on it."""
    member = None if visit.preview else member_of(space.id, visit.person)
    return member.id if member and (member.role, member.status) == ("member", "active") else None
